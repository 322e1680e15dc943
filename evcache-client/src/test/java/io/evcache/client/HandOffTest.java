package io.evcache.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class HandOffTest {
    private final List<Runnable> queue = new ArrayList<>();
    private final List<String> ran = new ArrayList<>();

    @Test
    void whatTheExecutorTakesRunsThere() {
        new HandOff(queue::add).execute(() -> ran.add("task"));
        assertThat(ran).isEmpty();

        queue.forEach(Runnable::run);

        assertThat(ran).containsExactly("task");
    }

    /** Anything but a refusal lost the task, and with it a future. */
    @ParameterizedTest
    @MethodSource("whatExecutorsThrow")
    void whatTheExecutorDoesNotTakeRunsHere(Throwable thrown) {
        HandOff handOff = new HandOff(task -> {
            throw Undeclared.thrown(thrown);
        });

        handOff.execute(() -> ran.add("first"));
        handOff.execute(() -> ran.add("second"));

        assertThat(ran).containsExactly("first", "second");
    }

    /** As pools of the JDK do, when they have queued the task and then find that they cannot start a thread. */
    @ParameterizedTest
    @MethodSource("whatExecutorsThrow")
    void whatTheExecutorTakesAndThrowsAtRunsOnce(Throwable thrown) {
        HandOff handOff = new HandOff(task -> {
            queue.add(task);
            throw Undeclared.thrown(thrown);
        });

        handOff.execute(() -> ran.add("task"));
        queue.forEach(Runnable::run);

        assertThat(ran).containsExactly("task");
    }

    /** As the fork-join pool of Java 17 does in one of some hundred shutdowns that meet an execute. A future never completed. */
    @Test
    void whatIsTakenWhileTheExecutorIsShutDownRunsOnceWhetherItIsForgottenOrNot() {
        ForkJoinPool ending = new ForkJoinPool(1) {
            @Override
            public void execute(Runnable task) {
                queue.add(task);
                shutdown(); // by another thread, meanwhile
            }
        };

        new HandOff(ending).execute(() -> ran.add("task"));
        assertThat(ran).containsExactly("task");

        queue.forEach(Runnable::run);
        assertThat(ran).containsExactly("task");
    }

    @ParameterizedTest
    @MethodSource("whatExecutorsThrow")
    void taskThatThrowsOnThisThreadIsNotRunAgain(Throwable thrown) {
        HandOff handOff = new HandOff(Runnable::run);

        handOff.execute(() -> {
            ran.add("task");
            throw Undeclared.thrown(thrown);
        });

        assertThat(ran).containsExactly("task");
    }

    static List<Throwable> whatExecutorsThrow() {
        return List.of(
                new RejectedExecutionException("full"),
                new IllegalStateException("no"),
                new InternalError("unable to create native thread"),
                new IOException("no"));
    }
}
