package io.evcache.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evcache.benchmarks.load.Scenario.Kind;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A harness that does not notice a wrong reply would publish figures of a client that is fast and wrong. */
class WrongRepliesTest {
    private static final Duration SHORT = Duration.ofMillis(50);

    @Test
    void rightRepliesAreCounted() throws Exception {
        for (Scenario scenario : possible()) {
            Measured measured = run(scenario, value -> value, 0);

            assertThat(measured.ops()).as(scenario.name()).isPositive();
        }
    }

    @Test
    void oneFlippedBitFailsTheTrial() {
        for (Scenario scenario : reads()) {
            assertThatThrownBy(() -> run(scenario, WrongRepliesTest::flipped, 500))
                    .as(scenario.name())
                    .hasMessageContaining("a wrong value of " + scenario.valueBytes() + " bytes");
        }
    }

    @Test
    void oneMissFailsTheTrial() {
        for (Scenario scenario : reads()) {
            assertThatThrownBy(() -> run(scenario, value -> null, 500))
                    .as(scenario.name())
                    .hasMessageContaining("a miss");
        }
    }

    @Test
    void replyOfAnotherKeyFailsTheTrial() {
        for (Scenario scenario : reads()) {
            byte[] other = Dataset.of(scenario, 99).value(0);

            assertThatThrownBy(() -> run(scenario, value -> other, 500))
                    .as(scenario.name())
                    .hasMessageContaining("a wrong value");
        }
    }

    private static List<Scenario> reads() {
        return possible().stream().filter(scenario -> !scenario.isWrite()).toList();
    }

    /** Those that this JVM has the threads for. */
    private static List<Scenario> possible() {
        boolean hasVirtualThreads = Runtime.version().feature() >= 21;
        return Scenario.ALL.stream()
                .filter(scenario -> hasVirtualThreads || scenario.threads() == Scenario.Threads.PLATFORM)
                .toList();
    }

    private static byte[] flipped(byte[] value) {
        byte[] copy = value.clone();
        copy[copy.length - 1] ^= 1;
        return copy;
    }

    private static Measured run(Scenario scenario, UnaryOperator<byte @Nullable []> spoil, int nth) throws Exception {
        Dataset data = Dataset.of(scenario, 0);
        return new Trial(new InMemory(data, spoil, nth), scenario, data, SHORT, List.of()).run();
    }

    /** Answers at once, and spoils the n-th value that it gives. */
    private static final class InMemory implements Contender {
        private final Dataset data;
        private final UnaryOperator<byte @Nullable []> spoil;
        private final int nth;
        private final AtomicInteger given = new AtomicInteger();

        InMemory(Dataset data, UnaryOperator<byte @Nullable []> spoil, int nth) {
            this.data = data;
            this.spoil = spoil;
            this.nth = nth;
        }

        @Override
        public Set<Kind> abilities() {
            return EnumSet.allOf(Kind.class);
        }

        @Override
        public void use(List<String> keys) {}

        @Override
        public byte @Nullable [] get(int key) {
            byte[] value = data.value(key);
            return given.incrementAndGet() == nth ? spoil.apply(value) : value;
        }

        @Override
        public Map<String, byte[]> getAll(int from, int count) {
            Map<String, byte[]> found = new HashMap<>();
            for (int key = from; key < from + count; key++) {
                byte[] value = get(key);
                if (value != null) {
                    found.put(data.keys().get(key), value);
                }
            }
            return found;
        }

        @Override
        public void set(int key, byte[] value) {}

        @Override
        public void get(int key, Completion done) {
            done.succeeded(get(key));
        }

        @Override
        public void set(int key, byte[] value, Completion done) {
            done.succeeded(null);
        }
    }
}
