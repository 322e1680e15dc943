package io.evcache.client.warmup;

import java.time.Duration;

/** What a warm-up was asked for. */
record Terms(
        String source,
        String target,
        int itemsPerSecond,
        long bytesPerSecond,
        int concurrency,
        double goal,
        Duration settleTime) {

    /** A rate is kept in steps of at most this part of a second. */
    private static final int STEPS_PER_SECOND = 20;

    /** Bounds what a step holds in memory. */
    private static final long MAX_STEP_BYTES = 4 << 20;

    boolean hasGoal() {
        return goal > 0;
    }

    int itemsPerStep() {
        return Math.max(1, Math.min(concurrency, itemsPerSecond / STEPS_PER_SECOND));
    }

    long bytesPerStep() {
        return Math.min(MAX_STEP_BYTES, bytesPerSecond / STEPS_PER_SECOND);
    }
}
