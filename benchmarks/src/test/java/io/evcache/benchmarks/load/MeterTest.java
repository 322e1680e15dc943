package io.evcache.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class MeterTest {
    /** A thread may end between the listing of the threads and any step of reading what it used up. */
    @Test
    void threadsThatEndMeanwhileDoNotFailTheMeasurement() throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        ExecutorService starter = Executors.newSingleThreadExecutor();
        try {
            starter.execute(() -> {
                while (!done.get()) {
                    new Thread(() -> {}).start();
                }
            });
            assertThatCode(() -> {
                        for (int i = 0; i < 3_000; i++) {
                            Meter.begin(List.of());
                        }
                    })
                    .doesNotThrowAnyException();
        } finally {
            done.set(true);
            starter.shutdown();
        }
    }
}
