package io.evcache.core.transport.netty;

import java.util.concurrent.TimeUnit;

/** How long a server has said nothing although it was asked. Confined to the event loop. */
final class Silence {
    /** A server that has said nothing for so long, with expired calls waiting, is given up: the kernel of a hung process accepts bytes for ever. */
    static final long TO_CLOSE_NANOS = TimeUnit.SECONDS.toNanos(1);

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

    /** Returns for how long it has not completed a reply. */
    long sinceAnswered(long now) {
        return now - answeredAt;
    }
}
