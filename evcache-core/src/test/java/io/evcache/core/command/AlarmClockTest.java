package io.evcache.core.command;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.evcache.core.command.AlarmClock.Alarm;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** On platform threads, which park and wake up like virtual ones. */
class AlarmClockTest {
    private static final long HOUR = TimeUnit.HOURS.toNanos(1);

    private final List<Thread> started = new CopyOnWriteArrayList<>();
    private final AlarmClock clock = new AlarmClock(this::thread);

    private Thread thread(Runnable task) {
        Thread thread = new Thread(task);
        thread.setDaemon(true);
        started.add(thread);
        return thread;
    }

    @Test
    void whoWaitsPastTheDeadlineIsWokenUpAndNobodyElse() throws Exception {
        Sleeper late = new Sleeper(TimeUnit.MILLISECONDS.toNanos(20));
        Sleeper early = new Sleeper(HOUR);

        late.join();

        assertThat(requireNonNull(late.alarm).hasRung()).isTrue();
        assertThat(requireNonNull(early.alarm).hasRung()).isFalse();
        early.wakeUp();
    }

    @Test
    void everyoneOfManyIsWokenUpThoughManyOthersWaitForLonger() throws Exception {
        List<Alarm> others = new ArrayList<>();
        for (int i = 0; i < 50_000; i++) {
            others.add(set(Pending.open(), HOUR));
        }
        List<Sleeper> sleepers = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            sleepers.add(new Sleeper(TimeUnit.MILLISECONDS.toNanos(i)));
        }

        for (Sleeper sleeper : sleepers) {
            sleeper.join();
        }
        assertThat(others).noneMatch(Alarm::hasRung);
    }

    @Test
    void answerIsForgottenThoughItsDeadlineIsFarAway() {
        WeakReference<Pending<String>> answered = answered();
        for (int i = 0; i < 10; i++) {
            set(Pending.open(), HOUR);
        }

        await().until(() -> {
            System.gc();
            return answered.get() == null;
        });
    }

    private WeakReference<Pending<String>> answered() {
        Pending<String> pending = Pending.open();
        set(pending, HOUR);
        pending.complete("here");
        return new WeakReference<>(pending);
    }

    @Test
    void threadEndsWhenNobodyWaitsAndComesBack() throws Exception {
        Pending<String> pending = Pending.open();
        set(pending, HOUR);
        assertThat(clock.isRunning()).isTrue();

        pending.complete("here");

        await().atMost(Duration.ofSeconds(20)).until(() -> !clock.isRunning());
        new Sleeper(0).join();
    }

    /** Parking returns at once while a thread is interrupted, so the clock used up a core for as long as anybody waited. */
    @Test
    void interruptDoesNotKeepTheClockFromParking() throws Exception {
        Pending<String> pending = Pending.open();
        set(pending, HOUR);
        Thread thread = started.get(0);

        thread.interrupt();

        await().until(() -> !thread.isInterrupted());
        assertThat(thread.isAlive()).isTrue();
        new Sleeper(0).join();
        pending.complete("here");
    }

    /** Each later wait took the clock for running and had no end. */
    @Test
    void whateverKeepsTheThreadFromStartingTheWaiterIsToldAndTheNextTriesAgain() throws Exception {
        AtomicBoolean fails = new AtomicBoolean(true);
        AlarmClock moody = new AlarmClock(task -> {
            if (fails.getAndSet(false)) {
                throw new StackOverflowError();
            }
            return thread(task);
        });

        assertThat(moody.set(Pending.open(), Thread.currentThread(), HOUR)).isNull();

        assertThat(moody.isRunning()).isFalse();
        new Sleeper(moody, 0).join();
    }

    /** The other had no end of its wait, since the thread that it relied on never was. */
    @Test
    void whoCameWhileTheThreadFailedToStartIsWokenUpToTryItself() throws Exception {
        AtomicReference<AlarmClock> failing = new AtomicReference<>();
        List<Sleeper> others = new ArrayList<>();
        failing.set(new AlarmClock(task -> {
            others.add(sleeper(requireNonNull(failing.get())));
            throw new OutOfMemoryError("no more threads");
        }));

        assertThat(requireNonNull(failing.get()).set(Pending.open(), Thread.currentThread(), HOUR))
                .isNull();

        others.get(0).join();
    }

    private Sleeper sleeper(AlarmClock at) {
        try {
            return new Sleeper(at, HOUR);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private Alarm set(Pending<?> pending, long nanos) {
        return requireNonNull(clock.set(pending, Thread.currentThread(), nanos));
    }

    /** Sleeps until the alarm rings. */
    private final class Sleeper {
        private final CountDownLatch set = new CountDownLatch(1);
        private final Thread thread = new Thread(this::sleep);
        private final AlarmClock clock;
        private final long nanos;
        private volatile boolean ends;

        volatile @Nullable Alarm alarm;

        Sleeper(long nanos) throws InterruptedException {
            this(AlarmClockTest.this.clock, nanos);
        }

        Sleeper(AlarmClock clock, long nanos) throws InterruptedException {
            this.clock = clock;
            this.nanos = nanos;
            thread.start();
            set.await();
        }

        private void sleep() {
            Alarm own = requireNonNull(clock.set(Pending.open(), Thread.currentThread(), nanos));
            alarm = own;
            set.countDown();
            while (!own.hasRung() && !ends) {
                LockSupport.park(this);
            }
        }

        void wakeUp() throws InterruptedException {
            ends = true;
            LockSupport.unpark(thread);
            join();
        }

        void join() throws InterruptedException {
            thread.join(TimeUnit.SECONDS.toMillis(30));
            assertThat(thread.isAlive()).isFalse();
        }
    }
}
