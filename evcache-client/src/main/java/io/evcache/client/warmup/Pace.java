package io.evcache.client.warmup;

import io.evcache.core.time.Ticker;
import java.util.concurrent.TimeUnit;

/** Two limits in one: what has been done is charged, and the next step waits until both rates allow it. Unused time is not saved up. Confined to the warm-up's thread. */
final class Pace {
    private static final double SECOND = TimeUnit.SECONDS.toNanos(1);

    private final double nanosPerItem;
    private final double nanosPerByte;
    private final Ticker ticker;
    private long next;

    Pace(int itemsPerSecond, long bytesPerSecond, Ticker ticker) {
        this.nanosPerItem = SECOND / itemsPerSecond;
        this.nanosPerByte = SECOND / bytesPerSecond;
        this.ticker = ticker;
        this.next = ticker.nanos();
    }

    void charge(int items, long bytes) {
        long now = ticker.nanos();
        long from = next - now > 0 ? next : now;
        next = from + (long) Math.max(items * nanosPerItem, bytes * nanosPerByte);
    }

    /** Returns how long to wait before the next step; zero or negative for not at all. */
    long nanosToWait() {
        return next - ticker.nanos();
    }
}
