package io.evcache.core.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeadlineTest {
    private long now = Long.MAX_VALUE - 500; // a ticker's origin is arbitrary, and its readings wrap

    @Test
    void countsDownAndExpiresOnTheLastNanosecond() {
        Deadline deadline = Deadline.afterNanos(1_000, () -> now);

        now += 999;
        assertThat(deadline.remainingNanos()).isEqualTo(1);
        assertThat(deadline.isExpired()).isFalse();

        now += 1;
        assertThat(deadline.isExpired()).isTrue();
        assertThat(deadline.isBefore(now)).isTrue();
        assertThat(deadline.allowed()).isEqualTo(Duration.ofNanos(1_000));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE})
    void timeoutMustBePositive(long nanos) {
        assertThatThrownBy(() -> Deadline.afterNanos(nanos, () -> now))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(nanos + " ns");
    }

    @Test
    void longestTimeoutIsNotOverForWhoReadTheClockBefore() {
        // The sweep reads the clock once and then looks at calls, also at one that was made a moment later. The
        // difference overflowed.
        long before = now;
        now += 1_000;
        Deadline deadline = Deadline.afterNanos(Long.MAX_VALUE, () -> now);

        assertThat(deadline.isBefore(before)).isFalse();
        assertThat(deadline.isExpired()).isFalse();
    }

    @Test
    void anyDurationIsATimeout() {
        Deadline deadline = Deadline.after(Duration.ofSeconds(Long.MAX_VALUE), () -> now);

        assertThat(deadline.isExpired()).isFalse();
    }

    @Test
    void shareIsAPartOfWhatRemains() {
        Deadline whole = Deadline.afterNanos(1_000, () -> now);
        now += 200;

        Deadline part = whole.share(0.5);

        assertThat(part.remainingNanos()).isEqualTo(400);
        assertThat(part.allowed()).isEqualTo(Duration.ofNanos(400));
    }

    @Test
    void shareIsNeverLaterThanTheWhole() {
        // An expired deadline's share used to live a nanosecond, and a long one's was later by what a double rounds up.
        Deadline whole = Deadline.afterNanos((1L << 60) + 1, () -> now);
        assertThat(whole.share(1).remainingNanos()).isLessThanOrEqualTo(whole.remainingNanos());

        now += (1L << 60) + 1;
        assertThat(whole.share(0.5).isExpired()).isTrue();
    }

    @Test
    void partsOfCallsThatBeginTogetherAreOneObject() {
        Ticker ticker = () -> now;
        Deadline first = Deadline.afterNanos(512_000, ticker).share(0.5);
        now += 1_000; // 1/256 of the part
        Deadline together = Deadline.afterNanos(512_000, ticker).share(0.5, first);
        now += 1;
        Deadline later = Deadline.afterNanos(512_000, ticker).share(0.5, first);

        assertThat(together).isSameAs(first);
        assertThat(later).isNotSameAs(first);
        assertThat(later.remainingNanos()).isEqualTo(256_000);
    }

    @Test
    void nobodyIsGivenADeadlineThatIsLaterOrOfAnotherClock() {
        Ticker ticker = () -> now;
        Deadline whole = Deadline.afterNanos(512_000, ticker);
        Deadline ofAnotherClock = Deadline.afterNanos(256_000, () -> now);

        assertThat(whole.share(0.5, whole).remainingNanos()).isEqualTo(256_000);
        assertThat(whole.share(0.5, ofAnotherClock)).isNotSameAs(ofAnotherClock);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -0.1, 1.01, Double.NaN})
    void shareMustBeAPart(double share) {
        assertThatThrownBy(() -> Deadline.afterNanos(1_000, () -> now).share(share))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
