package io.evcache.client.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.evcache.client.Undeclared;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Executors that throw, with room for one load at a time. */
class LoadLimitTest {
    private final Set<String> urgent = new HashSet<>();
    private final List<String> told = new ArrayList<>();
    private final Queue<Runnable> queue = new ArrayDeque<>();

    /** After an error, such as that no thread can be started, the load was neither run nor refused, and its permit was gone. */
    @ParameterizedTest
    @MethodSource("whatExecutorsThrow")
    void loadThatTheExecutorDoesNotTakeIsRefusedAndItsPermitGivenBack(Throwable thrown) {
        LoadLimit limit = new LoadLimit(1, 10, task -> {
            throw Undeclared.thrown(thrown);
        });

        limit.submit(task("first"));
        limit.submit(task("second"));

        assertThat(told).containsExactly("refused first", "refused second");
        assertThat(limit.running()).isZero();
        assertThat(limit.waiting()).isZero();
    }

    @ParameterizedTest
    @MethodSource("whatExecutorsThrow")
    void loadThatTheExecutorTakesAndThrowsAtIsRefusedAndNotRun(Throwable thrown) {
        LoadLimit limit = new LoadLimit(1, 10, task -> {
            queue.add(task);
            throw Undeclared.thrown(thrown);
        });

        limit.submit(task("one"));
        queue.forEach(Runnable::run);

        assertThat(told).containsExactly("refused one");
        assertThat(limit.running()).isZero();
    }

    @ParameterizedTest
    @MethodSource("whatExecutorsThrow")
    void loadThatTheExecutorRunsBeforeItThrowsIsNotRefused(Throwable thrown) {
        LoadLimit limit = new LoadLimit(1, 10, task -> {
            task.run();
            throw Undeclared.thrown(thrown);
        });

        limit.submit(task("one"));

        assertThat(told).containsExactly("ran one");
        assertThat(limit.running()).isZero();
    }

    /** A load that came while another one held the only permit, which was then refused, waited until the next one was submitted. */
    @ParameterizedTest
    @MethodSource("whatExecutorsThrow")
    void loadThatCameWhileAnotherWasBeingRefusedDoesNotWaitForAThird(Throwable thrown) {
        LoadLimit[] limit = new LoadLimit[1];
        Executor breaksOnce = new Executor() {
            private boolean broken;

            @Override
            public void execute(Runnable task) {
                if (!broken) {
                    broken = true;
                    limit[0].submit(task("second"));
                    throw Undeclared.thrown(thrown);
                }
                task.run();
            }
        };
        limit[0] = new LoadLimit(1, 10, breaksOnce);

        limit[0].submit(task("first"));

        assertThat(told).containsExactly("refused first", "ran second");
        assertThat(limit[0].running()).isZero();
    }

    @Test
    void whatAnotherLoadWaitsForNeedsNoPermitNorItsTurn() {
        List<Runnable> threads = new ArrayList<>();
        LoadLimit limit = new LoadLimit(1, 10, threads::add);
        limit.submit(task("running"));
        limit.submit(task("waits"));
        limit.submit(task("awaited"));
        assertThat(limit.waiting()).isEqualTo(2);

        urgent.add("awaited");
        limit.hurry();
        urgent.add("came later");
        limit.submit(task("came later"));

        assertThat(limit.waiting()).isEqualTo(1);
        assertThat(limit.running()).isEqualTo(1);
        threads.subList(1, 3).forEach(Runnable::run);
        assertThat(told).containsExactly("ran awaited", "ran came later");
    }

    static List<Throwable> whatExecutorsThrow() {
        return List.of(
                new RejectedExecutionException("full"),
                new InternalError("unable to create native thread"),
                new IOException("no"));
    }

    private LoadLimit.Task task(String name) {
        return new LoadLimit.Task() {
            @Override
            public void run() {
                told.add("ran " + name);
            }

            @Override
            public void refused(LoadRejected why) {
                told.add("refused " + name);
            }

            @Override
            public boolean isUrgent() {
                return urgent.contains(name);
            }
        };
    }
}
