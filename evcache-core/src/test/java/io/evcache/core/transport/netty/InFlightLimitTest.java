package io.evcache.core.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class InFlightLimitTest {

    @Test
    void admitsUpToTheBoundOfCommands() {
        InFlightLimit limit = new InFlightLimit(2, 1_000);

        assertThat(limit.tryAcquire(1, 1)).isTrue();
        assertThat(limit.tryAcquire(1, 1)).isTrue();
        assertThat(limit.tryAcquire(1, 1)).isFalse();

        limit.release(1, 1);
        assertThat(limit.tryAcquire(1, 1)).isTrue();
        assertThat(limit.commands()).isEqualTo(2);
    }

    @Test
    void admitsUpToTheBoundOfBytes() {
        InFlightLimit limit = new InFlightLimit(100, 1_000);

        assertThat(limit.tryAcquire(1, 1_000)).isTrue();
        assertThat(limit.tryAcquire(1, 1)).isFalse();

        limit.release(1, 1_000);
        assertThat(limit.tryAcquire(1, 1_000)).isTrue();
    }

    @Test
    void refusalTakesNothing() {
        InFlightLimit limit = new InFlightLimit(10, 1_000);
        for (int i = 0; i < 1_000; i++) {
            assertThat(limit.tryAcquire(1, Integer.MAX_VALUE)).isFalse();
        }

        assertThat(limit.commands()).isZero();
        assertThat(limit.tryAcquire(1, 1_000)).isTrue();
    }

    @Test
    void bytesNeverSpillIntoTheCommands() {
        InFlightLimit limit = new InFlightLimit(1_000, Integer.MAX_VALUE * 300L);
        for (int i = 0; i < 300; i++) {
            assertThat(limit.tryAcquire(1, Integer.MAX_VALUE)).isTrue();
        }

        assertThat(limit.commands()).isEqualTo(300);

        limit.release(300, Integer.MAX_VALUE * 300L);
        assertThat(limit.commands()).isZero();
    }

    @Test
    void isEmptyAgainAfterManyThreadsHaveComeAndGone() throws Exception {
        InFlightLimit limit = new InFlightLimit(3, 1_000);
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Future<Integer>> running = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                running.add(threads.submit(() -> {
                    int taken = 0;
                    for (int n = 0; n < 20_000; n++) {
                        if (limit.tryAcquire(1, n % 500)) {
                            taken++;
                            limit.release(1, n % 500);
                        }
                    }
                    return taken;
                }));
            }
            int taken = 0;
            for (Future<Integer> one : running) {
                taken += one.get(
                        60,
                        TimeUnit.SECONDS); // one alone may find no room each time, if others are suspended while they
                // hold it
            }
            assertThat(taken).isPositive();
        } finally {
            threads.shutdownNow();
        }
        assertThat(limit.commands()).isZero();
        assertThat(limit.tryAcquire(1, 1_000)).isTrue();
    }
}
