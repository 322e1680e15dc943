package io.evcache.core.transport.netty;

import io.evcache.core.error.ProtocolViolation;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Turns the bytes of one connection into replies, over any packet boundaries. The header line is gathered in a reused array, the value is copied once, into the array that
 * the application gets. Nothing is allocated before the size that the server announced was compared with the bound; a value over it is skipped, and costs those who share the connection no more than its time.
 *
 * <p>There is no resynchronising: whatever is not a complete, well-formed reply throws {@link ProtocolViolation}, and the connection must be closed, because nobody can
 * know any more which question the next reply belongs to. Confined to the event loop.
 */
final class MetaDecoder {
    /** Longer than any legal header line: a key of 250 bytes in base64, every flag and its token. */
    private static final int MAX_LINE_BYTES = 2_048;

    private static final int USUAL_LINE_BYTES = 64;

    /** What no server keeps: its items end at this. */
    private static final int MAX_ITEM_BYTES = 1 << 30;

    private static final String NON_NUMERIC = "CLIENT_ERROR cannot increment or decrement non-numeric value";

    private static final byte[] VALUE = {'V', 'A', 'L', 'U', 'E', ' '};

    private static final byte[] END = {'E', 'N', 'D'};

    /** Receives each reply; it is valid during the call only. */
    interface Sink {
        void reply(MetaReply reply);
    }

    private final int maxValueBytes;
    private final Sink sink;
    private final MetaReply reply = new MetaReply();

    /** Grows up to the bound: most lines are short, and there may be thousands of connections. */
    private byte[] line = new byte[USUAL_LINE_BYTES];

    private int lineLength;

    private static final byte[] NOTHING = {};

    private byte[] value = NOTHING;
    private int valueRead;
    /** Bytes of the value block, its CRLF included, that have not come yet; 0 while a header line is expected. */
    private int blockLeft;

    MetaDecoder(int maxValueBytes, Sink sink) {
        this.maxValueBytes = maxValueBytes;
        this.sink = sink;
    }

    /** Takes all readable bytes of {@code in}. */
    void decode(ByteBuf in) {
        while (in.isReadable()) {
            if (blockLeft > 0) {
                readBlock(in);
            } else {
                readLine(in);
            }
        }
    }

    /** The header line of the reply that the sink is being told; not a copy. */
    byte[] line() {
        return line;
    }

    /** Returns whether a reply has begun and is not complete. */
    boolean isInsideReply() {
        return blockLeft > 0 || lineLength > 0;
    }

    private void readLine(ByteBuf in) {
        int toFeed = in.bytesBefore((byte) '\n');
        int take = toFeed < 0 ? in.readableBytes() : toFeed + 1;
        if (lineLength + take > MAX_LINE_BYTES) {
            throw new ProtocolViolation("header line over " + MAX_LINE_BYTES + " bytes");
        }
        if (lineLength + take > line.length) {
            line = Arrays.copyOf(line, Math.max(lineLength + take, Math.min(2 * line.length, MAX_LINE_BYTES)));
        }
        in.readBytes(line, lineLength, take);
        lineLength += take;
        if (toFeed < 0) {
            return;
        }
        int end = lineLength - 2;
        lineLength = 0;
        if (end < 2 || line[end] != '\r') {
            throw violation("line without CRLF or too short", Math.max(0, end));
        }
        header(end);
    }

    private void readBlock(ByteBuf in) {
        int fromValue = Math.min(in.readableBytes(), reply.tooLarge ? blockLeft - 2 : value.length - valueRead);
        if (fromValue > 0 && reply.tooLarge) {
            in.skipBytes(fromValue);
            blockLeft -= fromValue;
        } else if (fromValue > 0) {
            in.readBytes(value, valueRead, fromValue);
            valueRead += fromValue;
            blockLeft -= fromValue;
        }
        while (blockLeft > 0 && blockLeft <= 2 && in.isReadable()) {
            byte expected = blockLeft == 2 ? (byte) '\r' : (byte) '\n';
            if (in.readByte() != expected) {
                throw new ProtocolViolation((reply.tooLarge ? reply.text : "value of " + value.length + " bytes")
                        + " not followed by CRLF");
            }
            blockLeft--;
        }
        if (blockLeft == 0) {
            reply.value = reply.tooLarge ? null : value;
            value = NOTHING;
            sink.reply(reply);
        }
    }

    private void header(int end) {
        if (line[2] != ' ' && end != 2) {
            word(end);
            return;
        }
        int code = line[0] << 8 | line[1];
        switch (code) {
            case 'V' << 8 | 'A' -> value(end);
            case 'H' << 8 | 'D' -> plain(MetaReply.Status.OK, end);
            case 'E' << 8 | 'N' -> plain(MetaReply.Status.MISS, end);
            case 'N' << 8 | 'F' -> plain(MetaReply.Status.NOT_FOUND, end);
            case 'N' << 8 | 'S' -> plain(MetaReply.Status.NOT_STORED, end);
            case 'M' << 8 | 'N' -> noop(end);
            case 'E' << 8 | 'X' -> plain(MetaReply.Status.EXISTS, end);
            default -> throw violation("unknown reply", end);
        }
    }

    private void value(int end) {
        int sizeEnd = tokenEnd(3, end);
        int size = size(3, sizeEnd, end);
        reply.reset(MetaReply.Status.VALUE);
        tokens(sizeEnd, end);
        expectBlock(size);
    }

    private int size(int from, int to, int end) {
        long size = number(from, to, end);
        if (size < 0 || size > MAX_ITEM_BYTES) {
            throw violation("value over " + MAX_ITEM_BYTES + " bytes", end);
        }
        return (int) size;
    }

    private void expectBlock(int size) {
        reply.tooLarge = size > maxValueBytes;
        if (reply.tooLarge) {
            reply.text = "value of " + size + " bytes, which is over maxValueBytes = " + maxValueBytes;
        }
        value = reply.tooLarge ? NOTHING : new byte[size];
        valueRead = 0;
        blockLeft = size + 2;
    }

    private void word(int end) {
        if (startsWith(VALUE, end)) {
            keyedValue(end);
        } else if (end == END.length && startsWith(END, end)) {
            reply.reset(MetaReply.Status.END);
            sink.reply(reply);
        } else {
            error(end);
        }
    }

    private boolean startsWith(byte[] word, int end) {
        return end >= word.length && Arrays.equals(line, 0, word.length, word, 0, word.length);
    }

    private void keyedValue(int end) {
        int keyTo = tokenEnd(VALUE.length, end);
        int flagsTo = tokenEnd(keyTo + 1, end);
        int sizeTo = tokenEnd(flagsTo + 1, end);
        if (sizeTo != end) {
            throw violation("more than a key, flags and a size", end);
        }
        int size = size(flagsTo + 1, sizeTo, end);
        reply.reset(MetaReply.Status.KEYED_VALUE);
        reply.keyFrom = VALUE.length;
        reply.keyTo = keyTo;
        reply.flags = unsigned32(keyTo, flagsTo, end);
        expectBlock(size);
    }

    private void noop(int end) {
        if (end != 2) {
            throw violation("a no-op with flags", end);
        }
        reply.reset(MetaReply.Status.NOOP);
        sink.reply(reply);
    }

    private void plain(MetaReply.Status status, int end) {
        reply.reset(status);
        tokens(2, end);
        sink.reply(reply);
    }

    private void tokens(int from, int end) {
        int at = from;
        while (at < end) {
            if (line[at] == ' ') {
                at++;
                continue;
            }
            int next = tokenEnd(at, end);
            token(at, next, end);
            at = next;
        }
    }

    private void token(int at, int next, int end) {
        switch (line[at]) {
            case 'O' -> opaque(at, next, end);
            case 'f' -> reply.flags = unsigned32(at, next, end);
            case 'c' -> reply.cas = number(at + 1, next, end);
            case 't' -> reply.ttl = isForEver(at, next) ? MetaReply.NO_EXPIRY : unsigned32(at, next, end);
            case 'W' -> reply.won = mark(at, next, end);
            case 'X' -> reply.stale = mark(at, next, end);
            case 'Z' -> reply.held = mark(at, next, end);
            case 's' -> reply.size = unsigned32(at, next, end);
            case 'l' -> reply.idle = unsigned32(at, next, end);
            case 'h' -> reply.readBefore = number(at + 1, next, end) == 1;
            case 'k', 'b' -> {}
            default -> throw violation("unknown flag '" + (char) line[at] + "'", end);
        }
    }

    private void opaque(int at, int next, int end) {
        if (reply.opaque != MetaReply.NO_OPAQUE) {
            throw violation("two opaque tokens", end);
        }
        reply.opaque = unsigned32(at, next, end);
    }

    private boolean isForEver(int at, int next) {
        return next - at == 3 && line[at + 1] == '-' && line[at + 2] == '1';
    }

    private boolean mark(int at, int next, int end) {
        if (next - at != 1) {
            throw violation("flag '" + (char) line[at] + "' with a token", end);
        }
        return true;
    }

    private long unsigned32(int at, int next, int end) {
        long number = number(at + 1, next, end);
        if (number >>> 32 != 0) {
            throw violation("number over 32 bits at " + at, end);
        }
        return number;
    }

    private void error(int end) {
        String text = text(end);
        if (text.equals("SERVER_ERROR") || text.startsWith("SERVER_ERROR ")) {
            reply.reset(MetaReply.Status.SERVER_ERROR);
        } else if (text.equals(NON_NUMERIC)) {
            reply.reset(MetaReply.Status.NON_NUMERIC);
        } else {
            throw violation("error on a pipelined connection", end);
        }
        reply.text = text;
        sink.reply(reply);
    }

    private int tokenEnd(int from, int end) {
        int at = from;
        while (at < end && line[at] != ' ') {
            at++;
        }
        return at;
    }

    private long number(int from, int to, int end) {
        try {
            return Decimal.read(line, from, to);
        } catch (NumberFormatException e) {
            throw violation(e.getMessage() + " at " + from, end);
        }
    }

    private ProtocolViolation violation(String what, int end) {
        return new ProtocolViolation(what + " in '" + text(end) + "'");
    }

    /** The line for messages: at most 80 bytes, printable only, since it may be anything, a piece of a value included. */
    private String text(int end) {
        String raw = new String(line, 0, Math.min(end, 80), StandardCharsets.ISO_8859_1);
        return raw.replaceAll("[^ -~]", "?");
    }
}
