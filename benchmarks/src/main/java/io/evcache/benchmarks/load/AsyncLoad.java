package io.evcache.benchmarks.load;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One thread that keeps so many operations outstanding. Whichever thread brings an answer checks it and gives the slot back; a slot is used again at once, and nothing is allocated
 * per operation.
 */
final class AsyncLoad {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** The longest sleep: the last few slots of a trial do not make up the share below. */
    private static final long NAP_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    /** The submitter sleeps until this part of the slots is free; else waking it up, answer by answer, would cost more than the faster clients do themselves. */
    private static final int WAKE_SHARE = 16;

    private final Trial trial;
    private final Latencies latencies = new Latencies();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    /** Slots whose answer has come, youngest first; the submitter takes all at once. */
    private final AtomicReference<@Nullable Slot> free = new AtomicReference<>();

    private final Thread submitter = Thread.currentThread();
    private final SplittableRandom random = new SplittableRandom(7);
    private final int wakeAt;
    private int next;

    AsyncLoad(Trial trial) {
        this.trial = trial;
        this.wakeAt = Math.max(1, trial.scenario().width() / WAKE_SHARE);
    }

    Measured run() throws Exception {
        int width = trial.scenario().width();
        Meter before = Meter.begin(trial.serverPids());
        long end = System.nanoTime() + trial.length().toNanos();
        for (int i = 0; i < width; i++) {
            new Slot().submit();
        }
        while (System.nanoTime() < end && failure.get() == null) {
            Slot slot = take();
            while (slot != null) {
                Slot following = slot.next;
                slot.submit();
                slot = following;
            }
        }
        for (int idle = 0; idle < width && failure.get() == null; ) {
            for (Slot slot = take(); slot != null; slot = slot.next) {
                idle++;
            }
        }
        Measured result = before.until(Meter.end(trial.serverPids()), latencies.sum());
        Throwable failed = failure.get();
        if (failed != null) {
            throw new IllegalStateException("an operation failed: " + failed, failed);
        }
        return result;
    }

    /** Returns all free slots; {@code null} only after a failure. */
    private @Nullable Slot take() throws TimeoutException {
        long start = System.nanoTime();
        Slot slots = free.getAndSet(null);
        while (slots == null && failure.get() == null) {
            LockSupport.parkNanos(this, NAP_NANOS);
            slots = free.getAndSet(null);
            if (slots == null && System.nanoTime() - start > PATIENCE_NANOS) {
                throw new TimeoutException("no answer within 10 s; one was lost");
            }
        }
        return slots;
    }

    /** One outstanding operation. */
    private final class Slot implements Contender.Completion {
        /** The next free slot; written before publication. */
        @Nullable
        Slot next;

        /** How many are free with this one, roughly: a hint for when to wake the submitter. Written before publication. */
        private int free;

        private int key;
        private long since;
        /** Guards against a client that answers twice, or that answers something not asked. Confined to one thread at a time by the hand-over of the slot. */
        private boolean open;

        void submit() throws Exception {
            Dataset data = trial.data();
            boolean write = trial.scenario().isWrite();
            key = write ? AsyncLoad.this.next++ % data.size() : random.nextInt(data.size());
            open = true;
            since = System.nanoTime();
            if (write) {
                trial.contender().set(key, data.value(key), this);
            } else {
                trial.contender().get(key, this);
            }
        }

        @Override
        public void succeeded(byte @Nullable [] value) {
            long now = System.nanoTime();
            try {
                if (!open) {
                    throw new IllegalStateException("answered twice");
                }
                open = false;
                if (!trial.scenario().isWrite()) {
                    trial.data().check(key, value);
                }
                latencies.own().recordValue(now - since);
                giveBack();
            } catch (RuntimeException e) {
                failed(e);
            }
        }

        @Override
        public void failed(Throwable cause) {
            failure.compareAndSet(null, cause);
            LockSupport.unpark(submitter);
        }

        private void giveBack() {
            Slot before;
            do {
                before = AsyncLoad.this.free.get();
                next = before;
                free = before == null ? 1 : before.free + 1;
            } while (!AsyncLoad.this.free.compareAndSet(before, this));
            if (free == wakeAt) {
                LockSupport.unpark(submitter);
            }
        }
    }
}
