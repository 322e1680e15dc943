package io.evcache.core.transport.netty;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Writes the calls of a batch, and puts neighbouring plain gets on one classic line: {@code get key key …}. One such line costs the server half of as many {@code mg}
 * lines, since it flushes after every 20 requests. A get without such a neighbour stays an {@code mg}: memcached 1.6.18 flushes after each classic line. Confined to the event loop.
 */
final class GetLines {
    /** Above 2,048 bytes without a line feed memcached takes a slower path to gather the line. */
    private static final int MAX_LINE_BYTES = 2_000;

    private final MetaEncoder encoder;
    private final ByteBuf out;

    /** Where the line that more keys can join begins; negative without one. */
    private int lineStart = -1;

    GetLines(MetaEncoder encoder, ByteBuf out) {
        this.encoder = encoder;
        this.out = out;
    }

    /**
     * Writes the call.
     *
     * @param next what is written after it in the same batch
     */
    void write(Call<?> call, @Nullable Call<?> next) {
        boolean first = lineStart < 0;
        int start = first ? out.writerIndex() : lineStart;
        boolean goesOn = next != null
                && next.isPlainGet()
                && call.isPlainGet()
                && out.writerIndex()
                                - start
                                + call.command.key().length()
                                + next.command.key().length()
                        < MAX_LINE_BYTES;
        if (first && !goesOn) {
            call.write(encoder, out);
            return;
        }
        if (first) {
            out.writeByte('g').writeByte('e').writeByte('t');
        }
        out.writeByte(' ').writeBytes(call.command.key().bytes());
        if (!goesOn) {
            out.writeByte('\r').writeByte('\n');
        }
        call.grouped = true;
        call.endsGroup = !goesOn;
        lineStart = goesOn ? start : -1;
    }
}
