package io.evcache.core.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evcache.core.error.CallInterrupted;
import io.evcache.core.error.DeadlineExceeded;
import io.evcache.core.error.ServerError;
import io.evcache.core.time.Deadline;
import io.evcache.core.time.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PendingTest {
    private static Deadline in(Duration timeout) {
        return Deadline.after(timeout, Ticker.system());
    }

    @Test
    void whoLeavesOneOfHisOwnEndsNoOthersWait() {
        Pending<String> shared = Pending.open();
        List<String> heard = new ArrayList<>();
        shared.own().receive(settled -> heard.add(String.valueOf(settled.value())));
        Pending<String> left = shared.own();

        assertThatThrownBy(() -> left.await(Deadline.after(Duration.ofMillis(1), Ticker.system())))
                .isInstanceOf(DeadlineExceeded.class);
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> shared.own().await(Deadline.after(Duration.ofMinutes(1), Ticker.system())))
                .isInstanceOf(CallInterrupted.class);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(shared.isSettled()).isFalse();

        shared.complete("v");
        assertThat(heard).containsExactly("v");
        assertThat(shared.own().value()).isEqualTo("v");
    }

    @Test
    void ownOneFailsAsTheSharedOneDoes() {
        Pending<String> shared = Pending.open();
        Pending<String> own = shared.own();
        ServerError failure = new ServerError("broken for the test");

        shared.fail(failure);

        assertThat(own.failure()).isSameAs(failure);
    }

    @Test
    void settlesOnceWithTheFirstOutcome() {
        Pending<String> pending = Pending.open();

        assertThat(pending.complete("first")).isTrue();

        assertThat(pending.complete("second")).isFalse();
        assertThat(pending.fail(new ServerError("late"))).isFalse();
        assertThat(pending.value()).isEqualTo("first");
        assertThat(pending.failure()).isNull();
    }

    @Test
    void hasNoValueWhileOpenAndNoneWhenFailed() {
        Pending<String> pending = Pending.open();

        assertThat(pending.isSettled()).isFalse();
        assertThat(pending.value()).isNull();
        assertThat(pending.failure()).isNull();

        pending.fail(new ServerError("full"));

        assertThat(pending.isSettled()).isTrue();
        assertThat(pending.value()).isNull();
        assertThat(pending.failure()).hasMessage("full");
    }

    @Test
    void receiversAreToldOnceEachInTheOrderOfRegistration() {
        Pending<String> pending = Pending.open();
        List<Integer> told = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            int number = i;
            pending.receive(settled -> told.add(number));
        }

        pending.complete("x");
        pending.complete("y");

        assertThat(told).containsExactly(0, 1, 2, 3, 4);
    }

    @Test
    void lateReceiverIsToldAtOnceOnItsOwnThread() {
        Pending<String> pending = Pending.of("x");
        AtomicReference<Thread> teller = new AtomicReference<>();

        pending.receive(settled -> teller.set(Thread.currentThread()));

        assertThat(teller).hasValue(Thread.currentThread());
    }

    @Test
    void tellsAnyNumberOfReceivers() {
        // Each registration wraps the earlier ones, and telling them used to recurse: some ten thousand callers that
        // shared one answer
        // overflowed the stack, and those not told yet waited for ever.
        Pending<String> pending = Pending.open();
        List<Integer> told = new ArrayList<>();
        for (int i = 0; i < 200_000; i++) {
            int number = i;
            pending.receive(settled -> told.add(number));
        }

        pending.complete("x");

        assertThat(told).isEqualTo(IntStream.range(0, 200_000).boxed().toList());
    }

    @Test
    void hostileReceiverHarmsNeitherTheAnswerNorTheOthers() {
        Pending<String> pending = Pending.open();
        AtomicInteger told = new AtomicInteger();
        pending.receive(settled -> told.incrementAndGet());
        pending.receive(settled -> {
            throw new IllegalStateException("hostile");
        });
        pending.receive(settled -> {
            throw new AssertionError("more hostile");
        });
        pending.receive(settled -> sneak(new Exception("not declared")));
        pending.receive(settled -> told.incrementAndGet());

        assertThat(pending.complete("x")).isTrue();

        assertThat(told).hasValue(2);
        assertThat(pending.value()).isEqualTo("x");
    }

    @SuppressWarnings("unchecked")
    private static <X extends Throwable> void sneak(Throwable thrown) throws X {
        throw (X) thrown;
    }

    @Test
    void receiverMaySettleAndRegisterAgainWhileItIsTold() {
        Pending<String> pending = Pending.open();
        List<String> told = new ArrayList<>();
        pending.receive(settled -> {
            told.add("outer");
            pending.complete("again");
            pending.receive(inner -> told.add("inner"));
        });

        pending.complete("x");

        assertThat(told).containsExactly("outer", "inner");
        assertThat(pending.value()).isEqualTo("x");
    }

    @Test
    void awaitReturnsTheValueThatComesFromAnotherThread() {
        Pending<String> pending = Pending.open();
        CompletableFuture<Boolean> completing = CompletableFuture.supplyAsync(() -> pending.complete("x"));

        assertThat(pending.await(in(Duration.ofSeconds(10)))).isEqualTo("x");
        assertThat(completing.join()).isTrue();
    }

    @Test
    void awaitThrowsTheFailureWithTheCallersStack() {
        ServerError original = new ServerError("full");
        Pending<String> pending = Pending.failed(original);

        assertThatThrownBy(() -> pending.await(in(Duration.ofSeconds(1))))
                .isInstanceOf(ServerError.class)
                .hasMessage("full")
                .hasCause(original)
                .satisfies(thrown -> assertThat(thrown.getStackTrace())
                        .anyMatch(frame -> frame.getClassName().equals(PendingTest.class.getName())));
    }

    @Test
    void expiredCallerLeavesAndTheLateReplyGoesToNobody() {
        Pending<String> pending = Pending.open();

        assertThatThrownBy(() -> pending.await(in(Duration.ofMillis(5))))
                .isInstanceOf(DeadlineExceeded.class)
                .hasMessageContaining("5 ms");

        assertThat(pending.complete("late")).isFalse();
        assertThat(pending.failure()).isInstanceOf(DeadlineExceeded.class);
    }

    @Test
    void settledAnswerIsReturnedEvenWhenTheDeadlineHasPassed() {
        Deadline passed = Deadline.afterNanos(1, Ticker.system());
        while (!passed.isExpired()) {
            Thread.onSpinWait();
        }

        assertThat(Pending.of("x").await(passed)).isEqualTo("x");
    }

    @Test
    void interruptedCallerReturnsAtOnceAndKeepsItsFlag() {
        Pending<String> pending = Pending.open();
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> pending.await(in(Duration.ofSeconds(60)))).isInstanceOf(CallInterrupted.class);

        assertThat(Thread.interrupted()).isTrue();
        assertThat(pending.complete("late")).isFalse();
    }

    @Test
    void waiterThatIsInterruptedWhileParkedReturns() throws InterruptedException {
        Pending<String> pending = Pending.open();
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread waiter = new Thread(() -> {
            try {
                pending.await(in(Duration.ofSeconds(60)));
            } catch (CallInterrupted e) {
                thrown.set(Thread.currentThread().isInterrupted() ? e : new AssertionError("flag lost"));
            }
        });
        waiter.start();

        waiter.interrupt();
        waiter.join(10_000);

        assertThat(thrown.get()).isInstanceOf(CallInterrupted.class);
    }

    @Test
    void threadThatDeliversAnswersRefusesToWaitForOne() throws InterruptedException {
        Pending<String> pending = Pending.open();
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread loop = new DeliveringThread(() -> pending.await(in(Duration.ofSeconds(60))), thrown);

        loop.start();
        loop.join(10_000);

        assertThat(thrown.get()).isInstanceOf(IllegalStateException.class).hasMessageContaining("delivers the answers");
        assertThat(pending.isSettled()).isFalse();
    }

    private static final class DeliveringThread extends Thread implements MustNotBlock {
        DeliveringThread(Runnable task, AtomicReference<Throwable> thrown) {
            super(() -> {
                try {
                    task.run();
                } catch (RuntimeException e) {
                    thrown.set(e);
                }
            });
        }
    }

    @Test
    void futureSettlesWithTheSameOutcome() throws Exception {
        Pending<String> good = Pending.open();
        Pending<String> bad = Pending.open();
        CompletableFuture<String> goodFuture = good.toFuture();
        CompletableFuture<String> badFuture = bad.toFuture();

        good.complete("x");
        bad.fail(new ServerError("full"));

        assertThat(goodFuture.get(1, TimeUnit.SECONDS)).isEqualTo("x");
        assertThatThrownBy(() -> badFuture.get(1, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(ServerError.class);
    }
}
