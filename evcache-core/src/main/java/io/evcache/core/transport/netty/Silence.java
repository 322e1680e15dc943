package io.evcache.core.transport.netty;

import io.evcache.core.time.Deadline;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** How long a server has said nothing although it was asked. Confined to the event loop. */
final class Silence {
    /** A server that has said nothing for so long, with expired calls waiting, is given up: the kernel of a hung process accepts bytes for ever. */
    private static final long TO_CLOSE_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Whether time in which this process stood still has been taken off the present silence. Once is fair; a busy process would never end it. */
    private boolean excused;

    /** When the server last said something, or was first asked after an idle time. */
    private long heardAt;

    /** The same for its last complete reply. A server may say a byte now and then and still be of no use. */
    private long answeredAt;

    /** The server is asked, and owed nothing before. */
    void begin(long now) {
        heardAt = now;
        answeredAt = now;
        excused = false;
    }

    /** It says something. */
    void heard(long now) {
        heardAt = now;
        excused = false;
    }

    /** What it has said last completes a reply. */
    void answered() {
        answeredAt = heardAt;
    }

    /** Does not count as the server's silence the time in which nobody listened. */
    void excuse(long late, long now) {
        if (!excused) {
            excused = true;
            heardAt = Math.min(now, heardAt + late);
            answeredAt = Math.min(now, answeredAt + late);
        }
    }

    /** Returns for how long it has not said anything. */
    long sinceHeard(long now) {
        return now - heardAt;
    }

    /**
     * Returns why the server is to be given up, {@code null} if it is not yet. For when calls have expired.
     *
     * @param oldest the deadline of the oldest unanswered call
     */
    @Nullable
    String reasonToClose(Deadline oldest, long now) {
        if (now - heardAt >= TO_CLOSE_NANOS) {
            return "has not said anything for " + TimeUnit.NANOSECONDS.toMillis(now - heardAt) + " ms";
        }
        if (now - answeredAt >= TO_CLOSE_NANOS && oldest.isBefore(now - TO_CLOSE_NANOS)) {
            return "has not completed a reply for " + TimeUnit.NANOSECONDS.toMillis(now - answeredAt) + " ms";
        }
        return null;
    }
}
