package io.evcache.replication.mutation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HybridClockTest {
    private final AtomicLong millis = new AtomicLong(HybridClock.EPOCH_MILLIS + 1_000);
    private final HybridClock clock = new HybridClock(millis::get, 7);

    @Test
    void versionHoldsTimeCounterAndWriter() {
        long first = clock.next();
        long second = clock.next();

        assertThat(first).isEqualTo(1_000L << 20 | 7);
        assertThat(second).isEqualTo(1_000L << 20 | 1 << 8 | 7);
        assertThat(HybridClock.millis(first)).isEqualTo(millis.get());
    }

    @Test
    void versionsRiseWhenTheClockStepsBackOrTheCounterRunsOver() {
        long before = clock.next();
        millis.addAndGet(-500);

        for (int i = 0; i < 10_000; i++) {
            long next = clock.next();
            assertThat(next).isGreaterThan(before);
            before = next;
        }
    }

    @Test
    void clockBeforeTheEpochStillMakesPositiveVersions() {
        millis.set(0);

        assertThat(clock.next()).isPositive();
    }

    @Test
    void followedVersionIsExceeded() {
        long seen = 2_000L << 20;

        assertThat(clock.follow(seen)).isTrue();
        assertThat(clock.next()).isGreaterThan(seen);
    }

    @Test
    void versionFarAheadIsNotFollowed() {
        long seen = 1_000_000L << 20;

        assertThat(clock.follow(seen)).isFalse();
        assertThat(clock.next()).isLessThan(seen);
    }

    @Test
    void threadsNeverGetTheSameVersion() {
        Set<Long> versions = ConcurrentHashMap.newKeySet();

        IntStream.range(0, 100_000).parallel().forEach(i -> versions.add(clock.next()));

        assertThat(versions).hasSize(100_000);
    }

    @Test
    void writerFitsEightBits() {
        for (int i = 0; i < 1_000; i++) {
            assertThat(HybridClock.writer("eu", "instance-" + i)).isBetween(0, 255);
        }
        assertThatThrownBy(() -> new HybridClock(millis::get, 256)).isInstanceOf(IllegalArgumentException.class);
    }
}
