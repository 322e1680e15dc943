package io.evcache.client.warmup;

import io.evcache.core.time.Ticker;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntConsumer;

/** A clock that only the pauses of a warm-up move, and a place to do something while it pauses. */
final class MovedTime implements Ticker, Pause {
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1_000); // wraps soon, as a real one may
    private final long start = now.get();
    private final AtomicInteger pauses = new AtomicInteger();
    private final IntConsumer atPause;

    /** @param atPause is told how many pauses were before this one, on the warm-up's thread */
    MovedTime(IntConsumer atPause) {
        this.atPause = atPause;
    }

    @Override
    public long nanos() {
        return now.get();
    }

    @Override
    public void pass(long nanos) {
        atPause.accept(pauses.getAndIncrement());
        now.addAndGet(nanos);
    }

    Duration passed() {
        return Duration.ofNanos(now.get() - start);
    }
}
