package io.evcache.testkit.server;

import io.evcache.testkit.server.StoreRequest.Mode;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * One connection: takes bytes as they come, cut anywhere, and writes the replies in the order of the requests. Knows
 * nothing of channels.
 *
 * <p>Confined to the connection's event loop, which must hold the store's monitor around {@link #receive}. A data block
 * is copied once, straight into the array that is then stored.
 */
final class Conversation {
    /** A line without an end after this many bytes is not memcached's protocol, unless it is a long multi-key get. */
    private static final int MAX_LINE_BYTES = 2048;

    private static final int MAX_MULTI_GET_BYTES = 8 << 20;
    private static final byte[] GET_PREFIX = "get ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] GETS_PREFIX = "gets ".getBytes(StandardCharsets.US_ASCII);

    private enum State {
        LINE,
        BLOCK,
        SWALLOW,
        CLOSED
    }

    private final CommandLine line = new CommandLine();
    private final StoreRequest request = new StoreRequest();
    private final ReplyBuffer out;
    private final ItemStore store;
    private final Storing storing;
    private final Commands commands;

    private State state = State.LINE;
    /** Bytes of an incomplete line that were already searched for its end. */
    private int searched;
    /** Bytes of the data block, or of what is to be swallowed, that have not come yet. */
    private long missing;

    private byte beforeLast;
    private byte last;
    private byte[] errorAfterSwallow = Words.NONE;
    private boolean metaRequest;

    Conversation(Dialect dialect, ItemStore store, Statistics statistics, ReplyBuffer out) {
        this.out = out;
        this.store = store;
        this.storing = new Storing(store);
        this.commands = new Commands(dialect, store, statistics, line, out);
    }

    /** Consumes all it can; what stays readable is the beginning of a line. */
    void receive(ByteBuf in) {
        boolean more = true;
        while (more) {
            more = switch (state) {
                case LINE -> receiveLine(in);
                case BLOCK -> receiveBlock(in);
                case SWALLOW -> swallow(in);
                case CLOSED -> false;
            };
        }
    }

    /** Whether the peer asked to end, or sent something that is not this protocol. */
    boolean isClosed() {
        return state == State.CLOSED;
    }

    private boolean receiveLine(ByteBuf in) {
        int from = in.readerIndex() + searched;
        int length = in.indexOf(from, in.writerIndex(), (byte) '\n') - in.readerIndex();
        if (length < 0) {
            searched = in.readableBytes();
            if (searched > MAX_LINE_BYTES && !isLongGet(in)) {
                state = State.CLOSED;
            }
            return false;
        }
        searched = 0;
        line.read(in, length);
        in.skipBytes(1);
        dispatch();
        return true;
    }

    private boolean isLongGet(ByteBuf in) {
        return in.readableBytes() <= MAX_MULTI_GET_BYTES && (startsWith(in, GET_PREFIX) || startsWith(in, GETS_PREFIX));
    }

    private static boolean startsWith(ByteBuf in, byte[] prefix) {
        for (int i = 0; i < prefix.length; i++) {
            if (in.getByte(in.readerIndex() + i) != prefix[i]) {
                return false;
            }
        }
        return true;
    }

    private void dispatch() {
        if (line.is(0, MetaWords.MS)) {
            metaSet();
        } else if (!commands.run()) {
            Mode mode = commands.storeMode();
            if (line.is(0, ClassicWords.QUIT)) {
                state = State.CLOSED;
            } else if (mode == null || !commands.classicStore().isComplete(mode)) {
                out.put(Words.ERROR);
            } else {
                classicSet(mode);
            }
        }
    }

    private void metaSet() {
        metaRequest = true;
        if (line.count() < 2) {
            out.put(Words.ERROR);
            return;
        }
        if (line.count() < 3 || line.length(1) > MetaFlags.MAX_KEY_BYTES || !readLength(2)) {
            out.put(Words.BAD_FORMAT);
            return;
        }
        int length = (int) line.number();
        if (MetaFlags.areTooMany(line)) {
            out.put(Words.TOO_MANY_FLAGS);
            return;
        }
        byte[] error = commands.metaSet().read(request);
        if (error.length != 0) {
            swallow(length, error);
        } else if (!store.fits(request.keyLength, request.flags, length)) {
            storing.discard(request);
            swallow(length, Words.TOO_LARGE);
        } else {
            expect(length);
        }
    }

    private void classicSet(Mode mode) {
        metaRequest = false;
        byte[] error = commands.classicStore().read(request, mode);
        if (error.length == 0 && !readLength(4)) {
            error = Words.BAD_FORMAT;
        }
        if (error.length != 0) {
            commands.classicStore().fail(error);
            return;
        }
        int length = (int) line.number();
        if (store.fits(request.keyLength, request.flags, length)) {
            expect(length);
        } else {
            if (mode == Mode.SET) {
                storing.discard(request);
            }
            swallow(length, Words.TOO_LARGE);
        }
    }

    /** Reads the length as the real server does: 32 bits of it, and no more than can be followed by a line end. */
    private boolean readLength(int token) {
        if (!line.signed(token, 0)) {
            return false;
        }
        int length = (int) line.number();
        return length >= 0 && length <= Integer.MAX_VALUE - 2;
    }

    private void expect(int length) {
        request.value = new byte[length];
        missing = length + 2L;
        state = State.BLOCK;
    }

    private void swallow(int length, byte[] error) {
        errorAfterSwallow = error;
        missing = length + 2L;
        state = State.SWALLOW;
    }

    private boolean receiveBlock(ByteBuf in) {
        byte[] value = request.value;
        int valueMissing = (int) (missing - 2);
        if (valueMissing > 0) {
            int now = Math.min(valueMissing, in.readableBytes());
            in.readBytes(value, value.length - valueMissing, now);
            missing -= now;
        }
        while (missing <= 2 && missing > 0 && in.isReadable()) {
            beforeLast = last;
            last = in.readByte();
            missing--;
        }
        if (missing > 0) {
            return false;
        }
        state = State.LINE;
        boolean ended = beforeLast == '\r' && last == '\n';
        if (metaRequest) {
            if (ended) {
                commands.metaSet().answer(request, storing.store(request));
            } else {
                out.put(Words.BAD_CHUNK);
            }
        } else if (ended) {
            commands.classicStore().answer(storing.store(request));
        } else {
            commands.classicStore().fail(Words.BAD_CHUNK);
        }
        request.value = Words.NONE;
        return true;
    }

    private boolean swallow(ByteBuf in) {
        int now = (int) Math.min(missing, in.readableBytes());
        in.skipBytes(now);
        missing -= now;
        if (missing > 0) {
            return false;
        }
        state = State.LINE;
        if (metaRequest) {
            out.put(errorAfterSwallow);
        } else {
            commands.classicStore().fail(errorAfterSwallow);
        }
        return true;
    }
}
