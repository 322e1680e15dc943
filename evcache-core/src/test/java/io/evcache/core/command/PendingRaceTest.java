package io.evcache.core.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.evcache.core.error.DeadlineExceeded;
import io.evcache.core.error.ServerError;
import io.evcache.core.time.Deadline;
import io.evcache.core.time.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Settlers, receivers and waiters meet at a barrier, again and again. */
class PendingRaceTest {
    private static final int SETTLERS = 3;
    private static final int RECEIVERS = 3;
    private static final int WAITERS = 2;
    private static final int ROUNDS = 2_000;

    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    @Test
    void everybodySeesTheOneOutcomeExactlyOnce() throws Exception {
        race();
    }

    /** As many rounds as fit into the time: a busy machine is no reason to fail. */
    @Test
    @Tag("slow")
    void everybodySeesTheOneOutcomeExactlyOnceForALongTime() throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        do {
            race();
        } while (System.nanoTime() < end);
    }

    private void race() throws Exception {
        Round[] all = new Round[ROUNDS];
        for (int i = 0; i < ROUNDS; i++) {
            all[i] = new Round();
        }
        CyclicBarrier barrier = new CyclicBarrier(SETTLERS + RECEIVERS + WAITERS);
        List<Future<?>> running = new ArrayList<>();
        for (int i = 0; i < SETTLERS; i++) {
            int number = i;
            running.add(threads.submit(inStep(all, barrier, round -> round.settle(number))));
        }
        for (int i = 0; i < RECEIVERS; i++) {
            running.add(threads.submit(inStep(all, barrier, Round::register)));
        }
        for (int i = 0; i < WAITERS; i++) {
            running.add(threads.submit(inStep(all, barrier, Round::await)));
        }
        for (Future<?> one : running) {
            one.get(110, TimeUnit.SECONDS);
        }

        assertThat(all).allSatisfy(Round::check);
    }

    private interface Step {
        void take(Round round);
    }

    private static Callable<Void> inStep(Round[] rounds, CyclicBarrier barrier, Step step) {
        return () -> {
            for (Round round : rounds) {
                barrier.await(60, TimeUnit.SECONDS);
                step.take(round);
            }
            return null;
        };
    }

    private static final class Round {
        private final Pending<String> pending = Pending.open();
        private final AtomicInteger settled = new AtomicInteger();
        private final AtomicInteger told = new AtomicInteger();
        private final AtomicInteger returned = new AtomicInteger();

        void settle(int number) {
            boolean won = number == 0 ? pending.fail(new ServerError("failure")) : pending.complete("value " + number);
            if (won) {
                settled.incrementAndGet();
            }
        }

        void register() {
            pending.receive(outcome -> told.incrementAndGet());
        }

        void await() {
            try {
                String value = pending.await(Deadline.after(Duration.ofSeconds(30), Ticker.system()));
                returned.addAndGet(value.startsWith("value ") ? 1 : 100);
            } catch (ServerError e) {
                returned.incrementAndGet();
            } catch (DeadlineExceeded e) {
                returned.addAndGet(1_000);
            }
        }

        void check() {
            assertThat(settled).hasValue(1);
            assertThat(told).hasValue(RECEIVERS);
            assertThat(returned).hasValue(WAITERS);
        }
    }
}
