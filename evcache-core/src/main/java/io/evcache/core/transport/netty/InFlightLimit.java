package io.evcache.core.transport.netty;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The bound on what a connection holds, queued or unanswered, in commands and in bytes. Both are counted in one 64-bit word, so that taking and giving back
 * are one atomic addition each: commands in the upper 24 bits, bytes in the lower 40.
 */
final class InFlightLimit {
    private static final int BYTES_BITS = 40;
    private static final long ONE_COMMAND = 1L << BYTES_BITS;
    private static final long BYTES_MASK = ONE_COMMAND - 1;

    private final int maxCommands;
    private final long maxBytes;
    private final AtomicLong held = new AtomicLong();

    InFlightLimit(int maxCommands, long maxBytes) {
        this.maxCommands = maxCommands;
        this.maxBytes = maxBytes;
    }

    /** Takes room, or returns {@code false} and takes nothing. */
    boolean tryAcquire(int commands, int bytes) {
        long now = held.addAndGet(commands * ONE_COMMAND + bytes);
        if (now >>> BYTES_BITS <= maxCommands && (now & BYTES_MASK) <= maxBytes) {
            return true;
        }
        release(commands, bytes);
        return false;
    }

    /** Gives back room that was taken. */
    void release(int commands, long bytes) {
        held.addAndGet(-(commands * ONE_COMMAND + bytes));
    }

    int commands() {
        return (int) (held.get() >>> BYTES_BITS);
    }
}
