package io.evcache.core.transport.netty;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets a caller write its own command while nothing is in flight on the connection: that spares the loop a wake-up, which is most of what a single blocking call costs. As soon as something is in flight, commands
 * gather for the loop, which writes them together, and callers do so until there has been one command at a time for a while. Otherwise a caller of many commands at once would write each of them
 * while the server answers the one before: measured, a third of the speed of a bulk read.
 *
 * <p>The call becomes visible to the loop before its bytes leave, so its reply always finds it. There is one place for it and never a second call: a caller writes only if its own command is all that the
 * connection holds, and the place is emptied before that command is answered.
 */
final class CallerWrites {
    /** So many commands in a row, each of which found nothing else in flight, make a connection quiet. */
    static final int QUIET_AFTER = 16;

    private final SharedSocket socket;
    private final Turn turn;
    private final IntSupplier opaques;
    private final Traffic traffic;
    private final WriteBuffers buffers;

    /** Commands in a row that found nothing else in flight, up to {@link #QUIET_AFTER}. Not guarded: a race makes one command take the other way. */
    private int alone;

    /** What the kernel has not taken of the last command. Guarded by the turn. */
    private @Nullable ByteBuf rest;

    /** Written by a caller, or about to be, and not yet among the loop's calls in flight. */
    private volatile @Nullable Call<?> written;

    /** Creates one; {@code opaques} is called by who has the turn. */
    CallerWrites(SharedSocket socket, IntSupplier opaques, Traffic traffic, WriteBuffers buffers) {
        this.socket = socket;
        this.turn = socket.turn();
        this.opaques = opaques;
        this.traffic = traffic;
        this.buffers = buffers;
    }

    /**
     * Counts a command, and returns whether it is the only one and there was only one at a time lately.
     *
     * @param others how many others the connection holds now
     */
    boolean isQuiet(int others) {
        int before = alone;
        if (others > 0) {
            if (before != 0) {
                alone = 0;
            }
            return false;
        }
        if (before < QUIET_AFTER) {
            alone = before + 1;
            return false;
        }
        return true;
    }

    /** Takes the turn for this thread and command, unless somebody has it or the command is the loop's to write. */
    boolean tryTurn(Call<?> call) {
        return call.cost() <= WriteBuffers.BYTES && !socket.isAtHome() && turn.tryCaller();
    }

    /**
     * Writes the command. What the kernel does not take at once is left to the loop. Whatever is thrown, the connection is broken, and the call is among those that the loop will fail.
     */
    void write(Call<?> call) throws IOException {
        call.opaque = opaques.getAsInt();
        call.sent = true;
        traffic.unseen();
        written = call;
        WriteBuffers.Buffer buffer = buffers.take();
        try {
            int length = buffer.encode(call);
            int taken = socket.send(buffer.bytes(), 0, length);
            if (taken < length) {
                rest = buffer.copyFrom(taken);
            }
        } finally {
            buffers.give(buffer);
        }
    }

    /** Ends the caller's turn. Returns whether the loop must be called. */
    boolean endTurn() {
        return rest == null ? turn.endCaller() : turn.endCallerForLoop();
    }

    /** Returns what is to be written before anything else, if there is something. The turn is the loop's. */
    @Nullable
    ByteBuf takeRest() {
        ByteBuf left = rest;
        rest = null;
        return left;
    }

    /** Returns the call that a caller has written since this was last asked, if any. On the event loop. */
    @Nullable
    Call<?> takeWritten() {
        Call<?> call = written;
        if (call != null) {
            written = null;
            traffic.seen(call.waited);
        }
        return call;
    }

    Turn turn() {
        return turn;
    }
}
