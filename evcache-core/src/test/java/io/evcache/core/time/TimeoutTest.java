package io.evcache.core.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimeoutTest {
    private long now = Long.MAX_VALUE - 500; // a ticker's origin is arbitrary, and its readings wrap

    @Test
    void callsThatBeginTogetherShareADeadline() {
        Timeout timeout = Timeout.ofNanos(256_000, () -> now);
        Deadline first = timeout.start();

        now += 1_000; // 1/256 of the time
        assertThat(timeout.start()).isSameAs(first);

        now += 1;
        Deadline later = timeout.start();
        assertThat(later).isNotSameAs(first);
        assertThat(later.remainingNanos()).isEqualTo(256_000);
        assertThat(later.allowed()).isEqualTo(Duration.ofNanos(256_000));
    }

    @Test
    void callWithMuchTimeLosesAMillisecondAtMost() {
        Timeout timeout = Timeout.ofNanos(Long.MAX_VALUE, () -> now);
        Deadline first = timeout.start();

        now += 1_000_000;
        assertThat(timeout.start()).isSameAs(first);
        now += 1;
        assertThat(timeout.start()).isNotSameAs(first);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE})
    void timeoutMustBePositive(long nanos) {
        assertThatThrownBy(() -> Timeout.ofNanos(nanos, () -> now))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(nanos + " ns");
    }
}
