package io.evcache.client;

import static java.util.Objects.requireNonNull;

import io.evcache.core.command.DeliveringThread;
import io.evcache.core.time.Ticker;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Gathers the callbacks of one delivering thread until its round ends, hands them to the executor together, and looks after those that are stuck. Confined to that thread, unless said otherwise.
 */
final class CallbackRound implements Runnable {
    /** So many are handed over before the round has ended: the callbacks of a long one begin while it goes on. */
    private static final int MOST = 128;

    /** What waits for so long, up to twice, is helped. To look as often costs next to nothing, and nothing at all where no batch is unfinished. */
    private static final long LOOK_NANOS = TimeUnit.MICROSECONDS.toNanos(500);

    /** Batches seen in one look. They take it a few microseconds, a hundredth of the time between two. */
    private static final int MOST_AT_ONCE = 256;

    private final DeliveringThread thread;
    private final Executor executor;
    private final Ticker ticker;
    private final @Nullable Runnable[] gathered = new Runnable[MOST];
    private int count;
    private boolean ends;

    /** Handed over, and perhaps not yet through, oldest first. */
    private final Queue<CallbackBatch> watched = new ConcurrentLinkedQueue<>();

    /** What the next look begins with. */
    private Iterator<CallbackBatch> looking = Collections.emptyIterator();

    private boolean watching;

    /** The batch that was handed over last. */
    private @Nullable CallbackBatch last;

    /**
     * Creates the rounds of that thread.
     *
     * @param executor takes every task, as {@link HandOff} does
     */
    CallbackRound(DeliveringThread thread, Executor executor, Ticker ticker) {
        this.thread = thread;
        this.executor = executor;
        this.ticker = ticker;
    }

    @SuppressWarnings("ReferenceEquality") // a thread is who it is
    boolean isOf(DeliveringThread other) {
        return other == thread;
    }

    void add(Runnable callback) {
        if (count == MOST) {
            handOver();
        }
        gathered[count++] = callback;
        if (!ends) {
            awaitEnd();
        }
    }

    private void awaitEnd() {
        try {
            thread.afterRound(this);
            ends = true;
        } catch (RejectedExecutionException e) {
            handOver(); // there is no other round
        }
    }

    /** The round has ended. */
    @Override
    public void run() {
        ends = false;
        handOver();
    }

    private void handOver() {
        if (count == 0) {
            return;
        }
        if (count == 1) {
            Runnable only = requireNonNull(gathered[0]);
            forget();
            executor.execute(only);
            return;
        }
        CallbackBatch batch = new CallbackBatch(Arrays.copyOf(gathered, count), executor, ticker);
        forget();
        CallbackBatch before = last;
        last = batch;
        if (before == null || !before.goOnWith(batch)) {
            batch.start();
        }
        watch(batch);
    }

    private void forget() {
        Arrays.fill(gathered, 0, count, null);
        count = 0;
    }

    private void watch(CallbackBatch batch) {
        if (batch.isTaken()) {
            return;
        }
        watched.add(batch);
        if (!watching) {
            watching = lookLater();
        }
    }

    private boolean lookLater() {
        try {
            thread.after(LOOK_NANOS, this::look);
            return true;
        } catch (RejectedExecutionException e) {
            return false; // this thread ends; who closes looks after the rest
        }
    }

    /** Goes on where the last look has ended, and then from the start: behind a stuck executor there may be a hundred thousand. */
    private void look() {
        Iterator<CallbackBatch> at = looking.hasNext() ? looking : watched.iterator();
        for (int i = 0; i < MOST_AT_ONCE && at.hasNext(); i++) {
            CallbackBatch batch = at.next();
            if (batch.isTaken()) {
                at.remove();
            } else if (batch.isLate()) {
                batch.help();
            }
        }
        watching = !watched.isEmpty() && lookLater();
        looking = watching ? at : Collections.emptyIterator();
    }

    /** Nobody will look again: has every callback that is left run as a task of its own, as if there were no batches. From any thread. */
    void scatter() {
        watched.forEach(CallbackBatch::scatter);
    }
}
