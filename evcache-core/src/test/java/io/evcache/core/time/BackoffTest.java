package io.evcache.core.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class BackoffTest {
    private final Backoff backoff = new Backoff(Duration.ofMillis(50), Duration.ofSeconds(1));

    /** Draws the largest number that it may. */
    private static final RandomGenerator LARGEST = new RandomGenerator() {
        @Override
        public long nextLong() {
            throw new UnsupportedOperationException();
        }

        @Override
        public long nextLong(long bound) {
            return bound - 1;
        }
    };

    @Test
    void boundDoublesUpToTheCap() {
        assertThat(backoff.delay(0, LARGEST)).isEqualTo(Duration.ofMillis(50));
        assertThat(backoff.delay(1, LARGEST)).isEqualTo(Duration.ofMillis(100));
        assertThat(backoff.delay(4, LARGEST)).isEqualTo(Duration.ofMillis(800));
        assertThat(backoff.delay(5, LARGEST)).isEqualTo(Duration.ofSeconds(1));
        assertThat(backoff.delay(Integer.MAX_VALUE, LARGEST)).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void delaysSpreadOverTheWholeRange() {
        Random random = new Random(7);

        double mean = random.longs(10_000)
                .map(ignored -> backoff.delay(3, random).toMillis())
                .average()
                .orElseThrow();

        assertThat(mean).isBetween(190.0, 210.0);
    }

    @Test
    void neverLessThanAMillisecondSoThatARetryIsNoBusyLoop() {
        RandomGenerator smallest = () -> 0;

        assertThat(backoff.delay(0, smallest)).isEqualTo(Duration.ofMillis(1));
    }

    @Test
    void capMayBeAnyDuration() {
        // Nanoseconds in a long end after 292 years; the delay threw, on the thread that was to connect again.
        Backoff patient = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(Long.MAX_VALUE));

        assertThat(patient.delay(0, LARGEST)).isEqualTo(Duration.ofSeconds(1));
        assertThat(patient.delay(Integer.MAX_VALUE, LARGEST)).isPositive();
    }

    @Test
    void firstMustBePositiveAndNotOverTheCap() {
        assertThatThrownBy(() -> new Backoff(Duration.ZERO, Duration.ofSeconds(1)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Backoff(Duration.ofSeconds(2), Duration.ofSeconds(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("PT2S");
    }
}
