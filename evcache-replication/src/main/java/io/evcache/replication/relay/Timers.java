package io.evcache.replication.relay;

import io.evcache.core.time.Ticker;
import java.time.Duration;
import java.util.PriorityQueue;

/** What is to be done later. Confined to the relay's thread. */
final class Timers {
    private final Ticker ticker;
    private final PriorityQueue<Timer> timers;
    private long sequence;

    Timers(Ticker ticker) {
        this.ticker = ticker;
        // By difference, since the origin of a ticker is arbitrary.
        this.timers = new PriorityQueue<>((a, b) -> {
            int byTime = Long.signum(a.at() - b.at());
            return byTime != 0 ? byTime : Long.compare(a.sequence(), b.sequence());
        });
    }

    private record Timer(long at, long sequence, Runnable action) {}

    void in(Duration delay, Runnable action) {
        timers.add(new Timer(ticker.nanos() + delay.toNanos(), sequence++, action));
    }

    /** Does what is due. */
    void runDue() {
        while (nanosUntilDue() <= 0) {
            timers.remove().action().run();
        }
    }

    /** Returns how long until the first is due, zero or less if it is; {@link Long#MAX_VALUE} if there is none. */
    long nanosUntilDue() {
        Timer first = timers.peek();
        return first == null ? Long.MAX_VALUE : first.at() - ticker.nanos();
    }
}
