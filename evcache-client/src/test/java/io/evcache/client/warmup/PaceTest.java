package io.evcache.client.warmup;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PaceTest {
    private final MovedTime time = new MovedTime(pause -> {});
    private final Pace pace = new Pace(100, 1_000, time);

    @Test
    void theSlowerOfBothRatesDecides() {
        pace.charge(10, 0);
        assertThat(pace.nanosToWait()).isEqualTo(TimeUnit.MILLISECONDS.toNanos(100));

        time.pass(pace.nanosToWait());
        pace.charge(1, 500);
        assertThat(pace.nanosToWait()).isEqualTo(TimeUnit.MILLISECONDS.toNanos(500));
    }

    @Test
    void timeThatNothingWasDoneInIsNotSavedUp() {
        time.pass(TimeUnit.HOURS.toNanos(1));
        assertThat(pace.nanosToWait()).isLessThanOrEqualTo(0);

        pace.charge(100, 0);

        assertThat(pace.nanosToWait()).isEqualTo(TimeUnit.SECONDS.toNanos(1));
    }
}
