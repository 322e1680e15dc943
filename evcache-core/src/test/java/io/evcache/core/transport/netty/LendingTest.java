package io.evcache.core.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class LendingTest {
    private final Lending lending = new Lending();
    private final Thread home = new Thread(() -> {});
    private final Thread caller = new Thread(() -> {});
    private final Thread other = new Thread(() -> {});

    @Test
    void loopAtHomeCannotBeTaken() {
        lending.begin(home);

        assertThat(lending.tryTake(caller)).isFalse();
        assertThat(lending.isRunBy(home)).isTrue();
        assertThat(lending.isAtHome()).isTrue();
        assertThat(lending.isRecalled()).isFalse();
    }

    @Test
    void oneCallerAfterTheOtherRunsALoopThatIsLent() {
        lending.begin(home);
        lending.lend();

        assertThat(lending.isAtHome()).isFalse();
        assertThat(lending.tryTake(caller)).isTrue();
        assertThat(lending.isRunBy(caller)).isTrue();
        lending.giveBack(false);
        assertThat(lending.tryTake(other)).isTrue();
        assertThat(lending.isRunBy(other)).isTrue();
    }

    @Test
    void homeCannotTakeBackWhatACallerRuns() {
        lending.begin(home);
        lending.lend();
        assertThat(lending.tryTake(caller)).isTrue();

        assertThat(lending.tryTakeBack()).isFalse();
        lending.giveBack(false);
        assertThat(lending.tryTakeBack()).isTrue();
        assertThat(lending.isAtHome()).isTrue();
    }

    @Test
    void loopThatIsRecalledIsGivenToNoCaller() {
        lending.begin(home);
        lending.lend();

        assertThat(lending.recall()).isNull();
        assertThat(lending.tryTake(caller)).isFalse();
        assertThat(lending.isRecalled()).isTrue();
        assertThat(lending.tryTakeBack()).isTrue();
    }

    @Test
    void callerIsNamedToWhoeverRecallsTheLoopFromIt() {
        lending.begin(home);
        lending.lend();
        assertThat(lending.tryTake(caller)).isTrue();

        assertThat(lending.recall()).isSameAs(caller);
        lending.giveBack(false);
        assertThat(lending.tryTake(other)).isFalse();
    }

    @Test
    void callerThatRecallsItsOwnLoopNeedsNoWakeUp() {
        lending.begin(home);
        lending.lend();
        assertThat(lending.tryTake(Thread.currentThread())).isTrue();

        assertThat(lending.recall()).isNull();
        assertThat(lending.isRecalled()).isTrue();
    }

    @Test
    void secondCallerMakesTheFirstTheLast() {
        lending.begin(home);
        lending.lend();
        assertThat(lending.tryTake(caller)).isTrue();

        assertThat(lending.tryTake(other)).isFalse();
        lending.giveBack(false);
        assertThat(lending.isRecalled()).isTrue();
        assertThat(lending.tryTake(caller)).isFalse();
    }

    @Test
    void workThatIsLeftBringsTheLoopHome() {
        lending.begin(home);
        lending.lend();
        assertThat(lending.tryTake(caller)).isTrue();

        lending.giveBack(true);

        assertThat(lending.isRecalled()).isTrue();
        assertThat(lending.tryTake(other)).isFalse();
    }

    /** What a loop confines is only safe if there is never more than one that runs it, and a recall that is lost is a call that hangs. */
    @Test
    @Timeout(60)
    void neverRunByTwoAndNeverLost() throws Exception {
        int[] confined = new int[1];
        AtomicInteger runs = new AtomicInteger();
        AtomicInteger work = new AtomicInteger();
        AtomicBoolean stop = new AtomicBoolean();
        List<Thread> callers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            SplittableRandom random = new SplittableRandom(i);
            callers.add(new Thread(() -> {
                while (!stop.get()) {
                    if (lending.tryTake(Thread.currentThread())) {
                        confined[0]++;
                        runs.incrementAndGet();
                        lending.giveBack(false);
                    }
                    if (random.nextInt(50) == 0) {
                        work.incrementAndGet();
                        lending.recall();
                    }
                }
            }));
        }
        lending.begin(Thread.currentThread());
        callers.forEach(Thread::start);

        int done = 0;
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(2);
        while (System.nanoTime() < end) {
            confined[0]++;
            runs.incrementAndGet();
            lending.lend();
            if (work.get() > done) { // came before it was lent
                while (!lending.tryTakeBack()) {
                    Thread.onSpinWait();
                }
            } else {
                while (!(lending.isRecalled() && lending.tryTakeBack())) { // without an end if a recall is lost
                    LockSupport.parkNanos(1_000_000);
                }
            }
            done = work.get();
        }
        stop.set(true);
        for (Thread thread : callers) {
            thread.join();
        }

        assertThat(confined[0]).isEqualTo(runs.get());
        assertThat(done).isPositive();
    }
}
