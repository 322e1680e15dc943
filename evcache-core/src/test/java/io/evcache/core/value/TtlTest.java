package io.evcache.core.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.evcache.core.time.WallClock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TtlTest {

    private static final long THIRTY_DAYS = 2_592_000;

    private final WallClock in2026 = () -> 1_790_000_000_999L;

    @ParameterizedTest
    @CsvSource({
        "PT0.000000001S, 1",
        "PT0.5S, 1",
        "PT1S, 1",
        "PT1.000000001S, 2",
        "PT1.999S, 2",
        "PT10M, 600",
        "P30D, 2592000",
        "PT2591999.5S, 2592000",
        "P3650D, 315360000",
        "PT315359999.1S, 315360000"
    })
    void durationsAreRoundedUpToWholeSeconds(Duration duration, long seconds) {
        assertThat(Ttl.of(duration).seconds()).isEqualTo(seconds);
        assertThat(Ttl.of(duration)).isEqualTo(Ttl.ofSeconds(seconds)).hasSameHashCodeAs(Ttl.ofSeconds(seconds));
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "PT-0.000000001S", "PT-1S", "P-3650D"})
    void zeroAndNegativeAreRefused(Duration duration) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Ttl.of(duration))
                .withMessageContaining(duration.toString())
                .withMessageContaining("Ttl.none()");
        assertThatIllegalArgumentException().isThrownBy(() -> Ttl.ofSeconds(-1)).withMessageContaining("-1 s");
        assertThatIllegalArgumentException().isThrownBy(() -> Ttl.ofSeconds(0)).withMessageContaining("Ttl.none()");
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT315360000.000000001S", "P3651D", "PT2562047788015215H"})
    void longerThanTenYearsIsRefusedAsProbablyMilliseconds(Duration duration) {
        assertThatIllegalArgumentException().isThrownBy(() -> Ttl.of(duration)).withMessageContaining("milliseconds");
    }

    @Test
    void millisecondsPassedAsSecondsAreRefused() {
        long fourDaysInMillis = Duration.ofDays(4).toMillis();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> Ttl.ofSeconds(fourDaysInMillis))
                .withMessageContaining(fourDaysInMillis + " s")
                .withMessageContaining("milliseconds");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Ttl.ofSeconds(Long.MAX_VALUE))
                .withMessageContaining("milliseconds");
    }

    @Test
    void noneIsZeroOnTheWire() {
        assertThat(Ttl.none().isNone()).isTrue();
        assertThat(Ttl.none().seconds()).isZero();
        assertThat(Ttl.none().wireSeconds(in2026)).isZero();
        assertThat(Ttl.ofSeconds(1).isNone()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 900, THIRTY_DAYS - 1, THIRTY_DAYS})
    void upToThirtyDaysGoesOutAsADistance(long seconds) {
        assertThat(Ttl.ofSeconds(seconds).wireSeconds(in2026)).isEqualTo(seconds);
    }

    @ParameterizedTest
    @ValueSource(longs = {THIRTY_DAYS + 1, 31_536_000, 315_360_000})
    void moreThanThirtyDaysGoesOutAsAPointInTime(long seconds) {
        assertThat(Ttl.ofSeconds(seconds).wireSeconds(in2026)).isEqualTo(1_790_000_000 + seconds);
    }

    // memcached reads the number into 32 bits with a sign; one more and the item is gone as soon as it is stored.
    @ParameterizedTest
    @CsvSource({
        "2028-01-22T03:14:07Z, 315360000, 2147483647",
        "2028-01-22T03:14:08Z, 315360000, 2147483647",
        "2037-12-20T03:14:06Z, 2592001, 2147483647",
        "2037-12-20T03:14:07Z, 2592001, 2592000",
        "2040-01-01T00:00:00Z, 315360000, 2592000",
        "2040-01-01T00:00:00Z, 600, 600"
    })
    void pointInTimeNeverPassesWhatMemcachedCanRead(Instant now, long seconds, long wire) {
        assertThat(Ttl.ofSeconds(seconds).wireSeconds(now::toEpochMilli)).isEqualTo(wire);
    }

    @Test
    void showsItsSeconds() {
        assertThat(Ttl.of(Duration.ofMinutes(10))).hasToString("TTL 600 s");
        assertThat(Ttl.none()).hasToString("no TTL");
    }
}
