package io.evcache.core.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class LendingTest {
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

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
    void workThatIsLeftBringsTheLoopHome() {
        lending.begin(home);
        lending.lend();
        assertThat(lending.tryTake(caller)).isTrue();

        lending.giveBack(true);

        assertThat(lending.isRecalled()).isTrue();
        assertThat(lending.tryTake(other)).isFalse();
    }

    /** The protocol of the loop and its callers in small: each asks for something, takes the loop or recalls it, and waits. What is lost by a race waits here until the home of this test looks, which is long. */
    @Test
    @Timeout(60)
    void neverRunByTwoAndNobodyWaitsInVain() throws Exception {
        AtomicIntegerArray unseen = new AtomicIntegerArray(3);
        AtomicBoolean stop = new AtomicBoolean();
        int[] confined = new int[1];
        AtomicInteger runs = new AtomicInteger();
        List<Thread> callers = new ArrayList<>();
        for (int i = 0; i < unseen.length(); i++) {
            int own = i;
            callers.add(new Thread(() -> {
                while (!stop.get()) {
                    unseen.set(own, 1);
                    if (lending.tryTake(Thread.currentThread())) {
                        confined[0]++;
                        runs.incrementAndGet();
                        answerAll(unseen);
                        lending.giveBack(isAnyOpen(unseen));
                    } else {
                        lending.recall();
                        while (unseen.get(own) != 0 && !stop.get()) {
                            LockSupport.parkNanos(1);
                        }
                    }
                    LockSupport.parkNanos(1);
                }
            }));
        }
        lending.begin(Thread.currentThread());
        callers.forEach(Thread::start);

        int recalls = 0;
        int inVain = 0;
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(3);
        while (System.nanoTime() < end) {
            confined[0]++;
            runs.incrementAndGet();
            answerAll(unseen);
            lending.lend();
            if (isAnyOpen(unseen) && lending.tryTakeBack()) {
                continue;
            }
            while (!(lending.isRecalled() && lending.tryTakeBack())) {
                long parked = System.nanoTime();
                LockSupport.parkNanos(LOOK_NANOS);
                boolean nobodyCalled = System.nanoTime() - parked >= LOOK_NANOS;
                inVain += nobodyCalled && lending.isRecalled() && isAnyOpen(unseen) ? 1 : 0;
            }
            recalls++;
        }
        stop.set(true);
        for (Thread thread : callers) {
            thread.join();
        }

        assertThat(inVain).isZero();
        assertThat(confined[0]).isEqualTo(runs.get());
        assertThat(recalls).isPositive();
    }

    private static void answerAll(AtomicIntegerArray unseen) {
        for (int i = 0; i < unseen.length(); i++) {
            unseen.set(i, 0);
        }
    }

    private static boolean isAnyOpen(AtomicIntegerArray unseen) {
        for (int i = 0; i < unseen.length(); i++) {
            if (unseen.get(i) != 0) {
                return true;
            }
        }
        return false;
    }
}
