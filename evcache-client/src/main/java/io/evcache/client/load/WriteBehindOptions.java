package io.evcache.client.load;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * How a {@link WriteBehind} behaves. Immutable: each method returns changed options. Times of any length are taken; 292 years and more are for ever.
 *
 * @param maxPending how many keys may wait; a put of a further key is refused
 * @param maxBatch how many values are written at once
 * @param maxDelay how long a value waits for others to be written with
 * @param retryFor how long at least a value is tried again after its first failure, before it is given up
 * @param closeTimeout how long {@code close} goes on writing
 */
public record WriteBehindOptions(
        int maxPending, int maxBatch, Duration maxDelay, Duration retryFor, Duration closeTimeout) {

    /** 10,000 keys; 100 values or 50 ms, whichever is first; a minute of trying; half a minute to close. */
    public static final WriteBehindOptions DEFAULTS =
            new WriteBehindOptions(10_000, 100, Duration.ofMillis(50), Duration.ofMinutes(1), Duration.ofSeconds(30));

    public WriteBehindOptions {
        if (maxPending < 1 || maxBatch < 1) {
            throw new IllegalArgumentException(
                    "maxPending and maxBatch must be at least 1, were " + maxPending + " and " + maxBatch);
        }
        checkPositive("maxDelay", maxDelay);
        checkPositive("retryFor", retryFor);
        checkPositive("closeTimeout", closeTimeout);
    }

    private static void checkPositive(String name, Duration given) {
        requireNonNull(given, name);
        if (given.isNegative() || given.isZero()) {
            throw new IllegalArgumentException(name + " must be more than zero, was " + given);
        }
    }

    /** Sets how many keys may wait: at least 1. Default: 10,000. A put of a further key is refused with {@link WriteBehindFull}. */
    public WriteBehindOptions maxPending(int keys) {
        return new WriteBehindOptions(keys, maxBatch, maxDelay, retryFor, closeTimeout);
    }

    /** Sets how many values are written at once: at least 1. Default: 100. */
    public WriteBehindOptions maxBatch(int values) {
        return new WriteBehindOptions(maxPending, values, maxDelay, retryFor, closeTimeout);
    }

    /** Sets how long a value waits for others to be written with: more than zero. Default: 50 ms. */
    public WriteBehindOptions maxDelay(Duration delay) {
        return new WriteBehindOptions(maxPending, maxBatch, delay, retryFor, closeTimeout);
    }

    /** Sets how long at least a value is tried again after its first failure, before it is given up: more than zero. Default: a minute. For ever where nothing may be lost: then the queue gets full, and puts are refused. */
    public WriteBehindOptions retryFor(Duration time) {
        return new WriteBehindOptions(maxPending, maxBatch, maxDelay, time, closeTimeout);
    }

    /** Sets how long {@code close} goes on writing: more than zero. Default: half a minute. */
    public WriteBehindOptions closeTimeout(Duration time) {
        return new WriteBehindOptions(maxPending, maxBatch, maxDelay, retryFor, time);
    }
}
