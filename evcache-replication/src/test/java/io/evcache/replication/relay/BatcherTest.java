package io.evcache.replication.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class BatcherTest {
    private static final long MILLI = 1_000_000;

    private final Batcher<String> batcher = new Batcher<>(3, 100, Duration.ofMillis(5));

    @Test
    void batchIsCompleteByCount() {
        assertThat(batcher.add("a", 1, 0)).isEmpty();
        assertThat(batcher.add("b", 1, 0)).isEmpty();

        assertThat(batcher.add("c", 1, 0)).containsExactly(List.of("a", "b", "c"));
        assertThat(batcher.nanosUntilDue(0)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void batchIsCompleteByBytes() {
        batcher.add("a", 60, 0);

        assertThat(batcher.add("b", 40, 0)).containsExactly(List.of("a", "b"));
    }

    @Test
    void whatWouldNotFitGoesWithTheNext() {
        batcher.add("a", 60, 0);

        assertThat(batcher.add("b", 41, 7)).containsExactly(List.of("a"));
        assertThat(batcher.take()).containsExactly("b");
    }

    @Test
    void whatIsLargerThanABatchGoesAlone() {
        batcher.add("a", 60, 0);

        assertThat(batcher.add("big", 5_000, 0)).containsExactly(List.of("a"), List.of("big"));
    }

    @Test
    void ageCountsFromTheFirst() {
        batcher.add("a", 1, 10 * MILLI);
        batcher.add("b", 1, 13 * MILLI);

        assertThat(batcher.nanosUntilDue(14 * MILLI)).isEqualTo(MILLI);
        assertThat(batcher.nanosUntilDue(15 * MILLI)).isZero();
        assertThat(batcher.take()).containsExactly("a", "b");
        assertThat(batcher.take()).isEmpty();
    }
}
