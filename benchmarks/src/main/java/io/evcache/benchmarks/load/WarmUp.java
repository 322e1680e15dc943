package io.evcache.benchmarks.load;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How long a contender runs before it is measured: until its JVM has compiled what the scenario needs. On two cores compiling takes as much as the client itself for the first seconds, and more from
 * contenders with more code. A fixed time would measure how fast each is compiled.
 *
 * @param atLeast in all
 * @param atMost in all, whatever is still being compiled
 */
record WarmUp(Duration atLeast, Duration atMost) {
    /** Compiling is over when it takes less than this part of a step. */
    private static final int QUIET_SHARE = 20;

    private static final Duration STEP = Duration.ofMillis(500);

    /** Some of a scenario. */
    interface Step {
        void run(Duration length) throws Exception;
    }

    /** Runs step after step. */
    void until(Step step) throws Exception {
        until(step, ManagementFactory.getCompilationMXBean()::getTotalCompilationTime, System::nanoTime);
    }

    void until(Step step, LongSupplier compiledMillis, LongSupplier nanos) throws Exception {
        long begin = nanos.getAsLong();
        long spent;
        boolean quiet;
        do {
            long before = compiledMillis.getAsLong();
            step.run(STEP);
            quiet = compiledMillis.getAsLong() - before < STEP.toMillis() / QUIET_SHARE;
            spent = nanos.getAsLong() - begin;
        } while (spent < atLeast.toNanos() || (!quiet && spent < atMost.toNanos()));
    }

    String words() {
        return atLeast.toMillis() + " " + atMost.toMillis();
    }

    /** Reads {@link #words} at this place. */
    static WarmUp parse(String[] words, int at) {
        return new WarmUp(
                Duration.ofMillis(Long.parseLong(words[at])), Duration.ofMillis(Long.parseLong(words[at + 1])));
    }

    @Override
    public String toString() {
        return atLeast.toMillis() + " to " + atMost.toMillis() + " ms";
    }
}
