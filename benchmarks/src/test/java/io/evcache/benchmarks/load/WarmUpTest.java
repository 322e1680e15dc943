package io.evcache.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

class WarmUpTest {
    private final WarmUp warmUp = new WarmUp(Duration.ofSeconds(1), Duration.ofSeconds(4));
    private long compiledMillis;
    private long nanos;

    @Test
    void goesOnAsLongAsTheJvmCompiles() throws Exception {
        assertThat(stepsWhenCompiling(300L, 200L, 100L, 25L, 24L, 300L)).isEqualTo(5);
    }

    @Test
    void takesItsTimeIfNothingIsCompiled() throws Exception {
        assertThat(stepsWhenCompiling(0L, 0L, 0L)).isEqualTo(2);
    }

    @Test
    void endsEvenIfCompilingNeverDoes() throws Exception {
        assertThat(stepsWhenCompiling(90L, 90L, 90L, 90L, 90L, 90L, 90L, 90L, 90L, 90L))
                .isEqualTo(8);
    }

    @Test
    void isUnderstoodByTheOtherProcess() {
        assertThat(WarmUp.parse(("warm get-100 " + warmUp.words()).split(" ", -1), 2))
                .isEqualTo(warmUp);
    }

    /** Runs it with a JVM that compiles so many milliseconds in each step. */
    private int stepsWhenCompiling(Long... millis) throws Exception {
        Deque<Long> steps = new ArrayDeque<>(List.of(millis));
        warmUp.until(
                length -> {
                    compiledMillis += steps.remove();
                    nanos += length.toNanos();
                },
                () -> compiledMillis,
                () -> nanos);
        return millis.length - steps.size();
    }
}
