package io.evcache.testkit;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * A clock that stands still until a test moves it. Share one among all servers of a test, so that they agree.
 *
 * <p>memcached keeps time in whole seconds: an item stored with a TTL of 10 is gone when the clock has moved by 10
 * seconds, and still there at 9. Safe to use from any thread.
 */
public final class TestClock implements InstantSource {
    private volatile Instant now;

    private TestClock(Instant start) {
        this.now = start;
    }

    /** A clock that stands at the given time. */
    public static TestClock at(Instant start) {
        return new TestClock(requireNonNull(start, "start"));
    }

    /** A clock that stands at the present time, cut to the second. */
    public static TestClock create() {
        return at(Instant.ofEpochSecond(InstantSource.system().instant().getEpochSecond()));
    }

    /**
     * Moves the clock forward.
     *
     * @param by zero or more
     * @throws IllegalArgumentException when {@code by} is negative
     */
    public synchronized void advance(Duration by) {
        if (by.isNegative()) {
            throw new IllegalArgumentException("clock cannot go back by " + by);
        }
        now = now.plus(by);
    }

    @Override
    public Instant instant() {
        return now;
    }

    @Override
    public String toString() {
        return "TestClock(" + now + ")";
    }
}
