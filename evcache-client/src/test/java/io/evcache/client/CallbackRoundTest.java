package io.evcache.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How callbacks get from the thread that delivers answers to the executor: together, and never behind one that is stuck. */
class CallbackRoundTest {
    private final FakeDelivery delivery = new FakeDelivery();
    private final List<Runnable> handedOver = new ArrayList<>();
    private final List<Object> ran = new ArrayList<>();
    private long now;

    private final CallbackRound round = new CallbackRound(delivery, handedOver::add, () -> now);

    @Test
    void callbacksOfOneRoundAreOneTaskAndRunInOrder() {
        add(5);
        assertThat(handedOver).isEmpty();

        delivery.endRound();

        assertThat(handedOver).hasSize(1);
        handedOver.get(0).run();
        assertThat(ran).containsExactly(0, 1, 2, 3, 4);
    }

    @Test
    void eachRoundIsHandedOverOnItsOwn() {
        add(2);
        delivery.endRound();
        add(1);
        delivery.endRound();
        delivery.endRound();

        assertThat(handedOver).hasSize(2);
        handedOver.forEach(Runnable::run);
        assertThat(ran).containsExactly(0, 1, 0);
    }

    @Test
    void callbacksOfALongRoundBeginBeforeItsEnd() {
        add(1_000);
        assertThat(handedOver).isNotEmpty();

        delivery.endRound();

        assertThat(handedOver).hasSizeLessThan(10);
        handedOver.forEach(Runnable::run);
        assertThat(ran)
                .containsExactlyElementsOf(IntStream.range(0, 1_000).boxed().toList());
    }

    @Test
    void threadThatIsEndingHandsOverAtOnce() {
        delivery.end();

        add(2);

        handedOver.forEach(Runnable::run);
        assertThat(ran).containsExactly(0, 1);
    }

    @Test
    void callbackThatThrowsStopsNoneBehindIt() {
        List<Throwable> uncaught = new ArrayList<>();
        round.add(() -> {
            throw new IllegalStateException("no");
        });
        add(1);
        delivery.endRound();
        Thread thread = new Thread(handedOver.get(0));
        thread.setUncaughtExceptionHandler((where, failure) -> uncaught.add(failure));
        thread.start();
        join(thread);

        assertThat(ran).containsExactly(0);
        assertThat(uncaught).hasSize(1);
    }

    @Test
    void whatWaitsBehindAStuckCallbackRunsOnAnotherThread() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            CountDownLatch begun = new CountDownLatch(1);
            CountDownLatch second = new CountDownLatch(1);
            CountDownLatch first = new CountDownLatch(1);
            CallbackRound real = new CallbackRound(delivery, threads, () -> now);
            real.add(() -> {
                begun.countDown();
                await(second);
                first.countDown();
            });
            real.add(second::countDown); // the one in front waits for it
            delivery.endRound();
            await(begun);

            delivery.passTime();
            delivery.passTime();

            assertThat(first.await(30, TimeUnit.SECONDS)).isTrue();
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void batchThatComesWhileAThreadIsAtAnotherNeedsNoThreadOfItsOwn() {
        add(2);
        delivery.endRound();
        add(3);
        delivery.endRound();
        assertThat(handedOver).hasSize(1);

        handedOver.get(0).run();
        assertThat(ran).containsExactly(0, 1, 0, 1, 2);

        add(2);
        delivery.endRound();
        assertThat(handedOver).hasSize(2);
        handedOver.get(1).run();
        assertThat(ran).containsExactly(0, 1, 0, 1, 2, 0, 1);
    }

    @Test
    void executorMayTurnToSomethingElseAfterSomeBatches() {
        for (int i = 0; i < 40; i++) {
            add(2);
            delivery.endRound();
        }

        assertThat(handedOver).hasSize(3);
        handedOver.forEach(Runnable::run);
        assertThat(ran).hasSize(80);
    }

    @Test
    void batchBehindAStuckOneRunsOnAnotherThread() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            CountDownLatch begun = new CountDownLatch(1);
            CountDownLatch behind = new CountDownLatch(2);
            CountDownLatch through = new CountDownLatch(1);
            CallbackRound real = new CallbackRound(delivery, threads, () -> now);
            real.add(begun::countDown);
            real.add(
                    () -> { // the last of its batch, and waits for all of the next one
                        await(behind);
                        through.countDown();
                    });
            delivery.endRound();
            await(begun);
            real.add(behind::countDown);
            real.add(behind::countDown);
            delivery.endRound();

            delivery.passTime();
            delivery.passTime();

            assertThat(through.await(30, TimeUnit.SECONDS)).isTrue();
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void everyStuckThreadIsHelped() throws Exception {
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            CountDownLatch all = new CountDownLatch(4);
            CountDownLatch through = new CountDownLatch(4);
            CallbackRound real = new CallbackRound(delivery, threads, () -> now);
            for (int i = 0; i < 4; i++) {
                real.add(
                        () -> { // each waits for all
                            all.countDown();
                            await(all);
                            through.countDown();
                        });
            }
            delivery.endRound();

            while (all.getCount() > 0) {
                delivery.passTime();
                Thread.onSpinWait();
            }

            assertThat(through.await(30, TimeUnit.SECONDS)).isTrue();
        } finally {
            threads.shutdownNow();
        }
    }

    /** Whoever closes gave a batch one thread more. Where that got stuck, too, what was behind it never ran. */
    @Test
    void nothingIsLeftBehindStuckCallbacksWhenNobodyWillLookAgain() throws Exception {
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            CountDownLatch begun = new CountDownLatch(1);
            CountDownLatch last = new CountDownLatch(1);
            CountDownLatch through = new CountDownLatch(3);
            CallbackRound real = new CallbackRound(delivery, threads, () -> now);
            for (int i = 0; i < 3; i++) {
                real.add(() -> {
                    begun.countDown();
                    await(last);
                    through.countDown();
                });
            }
            real.add(last::countDown);
            delivery.endRound();
            await(begun);
            delivery.end();

            real.scatter();

            assertThat(through.await(30, TimeUnit.SECONDS)).isTrue();
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void batchThatTheExecutorHasNotBegunIsNotHandedOverTwice() {
        add(3);
        delivery.endRound();

        delivery.passTime();
        delivery.passTime();

        assertThat(handedOver).hasSize(1);
        assertThat(delivery.isWaiting()).isTrue();
    }

    /** Every look walked over all batches: with a hundred thousand behind a stuck executor the thread that delivers answers did nothing else. */
    @Test
    void oneLookIsShortHoweverManyBatchesWait() {
        for (int i = 0; i < 10_000; i++) {
            add(2);
            delivery.endRound();
        }
        int most = 0;

        for (int before = handedOver.size(); handedOver.size() < 10_000; before = handedOver.size()) {
            delivery.passTime();
            delivery.passTime();
            most = Math.max(most, handedOver.size() - before);
            assertThat(delivery.isWaiting()).isTrue();
            assertThat(most).isLessThanOrEqualTo(512);
        }

        handedOver.forEach(Runnable::run);
        assertThat(ran).hasSize(20_000);
        while (delivery.isWaiting()) {
            delivery.passTime();
        }
    }

    @Test
    void nobodyLooksAfterWhatIsThrough() {
        add(3);
        delivery.endRound();
        handedOver.get(0).run();

        delivery.passTime();

        assertThat(delivery.isWaiting()).isFalse();
        assertThat(handedOver).hasSize(1);
    }

    @Test
    void threadThatHasBeenBusyForAWhileSharesTheRest() {
        for (int i = 0; i < 8; i++) {
            round.add(() -> now += TimeUnit.MILLISECONDS.toNanos(1));
        }
        delivery.endRound();

        handedOver.get(0).run();

        assertThat(handedOver).hasSize(2);
    }

    @Test
    void executorThatRunsOnTheCallingThreadRunsEachOnceInOrder() {
        Executor direct = Runnable::run;
        CallbackRound real = new CallbackRound(delivery, direct, () -> now);
        for (int i = 0; i < 100; i++) {
            int number = i;
            real.add(() -> {
                now += TimeUnit.MILLISECONDS.toNanos(1); // busy enough to ask for another thread
                ran.add(number);
            });
        }

        delivery.endRound();

        assertThat(ran)
                .containsExactlyElementsOf(IntStream.range(0, 100).boxed().toList());
        assertThat(delivery.isWaiting()).isFalse();
    }

    @Test
    void whatTheExecutorRefusesRunsHere() {
        CallbackRound real = new CallbackRound(
                delivery,
                new HandOff(task -> {
                    throw new RejectedExecutionException("full");
                }),
                () -> now);
        real.add(() -> ran.add("first"));
        real.add(() -> ran.add("second"));
        delivery.endRound();
        real.add(() -> ran.add("alone"));
        delivery.endRound();

        assertThat(ran).containsExactly("first", "second", "alone");
    }

    private void add(int callbacks) {
        for (int i = 0; i < callbacks; i++) {
            int number = i;
            round.add(() -> ran.add(number));
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join(30_000);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
