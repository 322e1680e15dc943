package io.evcache.core.transport.netty;

import io.evcache.core.time.Ticker;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/** Writes what has gathered for one connection, many commands in one buffer, and keeps each of them in flight. Confined to the event loop, which has the turn to write. */
final class BatchWriter {
    /** One buffer holds up to about so many bytes of commands, so that a deep queue does not become one giant allocation. */
    private static final int BATCH_BYTES = 64 * 1_024;

    private final Channel channel;
    private final Backlog backlog;
    private final InFlightQueue inFlight;
    private final Silence silence;
    private final MetaEncoder encoder;
    private final StoreRuns runs;
    private int nextOpaque;

    /** Creates the one of a connection, whose parts the others are. */
    BatchWriter(
            Channel channel,
            Backlog backlog,
            InFlightQueue inFlight,
            Silence silence,
            MetaEncoder encoder,
            StoreRuns runs) {
        this.channel = channel;
        this.backlog = backlog;
        this.inFlight = inFlight;
        this.silence = silence;
        this.encoder = encoder;
        this.runs = runs;
    }

    /** Returns the token of the next command. For whoever has the turn to write. */
    int takeOpaque() {
        return nextOpaque++;
    }

    /**
     * Writes as much of what has gathered as the channel takes, and leaves the flushing to the caller. Where it throws, calls were taken whose bytes never left, and the connection must be closed: their places would be
     * taken by the replies of later ones.
     *
     * @return whether there was anything
     */
    boolean write(Ticker ticker) {
        boolean written = false;
        while (channel.isWritable() && writeBatch(ticker.nanos())) {
            written = true;
        }
        return written;
    }

    /** Keeps the call, whose bytes are on their way, until its reply has come. */
    void sent(Call<?> call, long now) {
        if (inFlight.isEmpty()) {
            silence.begin(now);
        }
        inFlight.add(call);
    }

    private boolean writeBatch(long now) {
        Call<?> call = takeNext(now);
        if (call == null) {
            return false;
        }
        ByteBuf out = channel.alloc().directBuffer(Math.max(1_024, call.cost()));
        try {
            GetLines lines = new GetLines(encoder, out);
            while (call != null) {
                Call<?> next = out.readableBytes() < BATCH_BYTES ? takeNext(now) : null;
                if (!runs.write(call, next, out)) {
                    lines.write(call, next);
                }
                call = next;
            }
        } catch (RuntimeException | Error e) {
            out.release();
            throw e;
        }
        channel.write(out, channel.voidPromise());
        return true;
    }

    /** Moves the oldest queued call that still wants an answer to those in flight. Callers that have left, or are past their deadline, cost the server nothing. */
    private @Nullable Call<?> takeNext(long now) {
        for (Call<?> call = backlog.poll(); call != null; call = backlog.poll()) {
            if (call.expire(now) || call.isSettled()) {
                call.release();
                continue;
            }
            call.sent = true;
            call.opaque = takeOpaque();
            sent(call, now);
            return call;
        }
        return null;
    }
}
