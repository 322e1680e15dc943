package io.evcache.client;

import io.evcache.core.command.DeliveringThread;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;

/** A delivering thread that the test makes do its rounds. Runs nothing of its own. */
final class FakeDelivery extends Thread implements DeliveringThread {
    private final List<Runnable> atEnd = new ArrayList<>();
    private final List<Runnable> later = new ArrayList<>();
    private boolean ended;

    @Override
    public void afterRound(Runnable task) {
        if (ended) {
            throw new RejectedExecutionException("ended");
        }
        atEnd.add(task);
    }

    @Override
    public void after(long nanos, Runnable task) {
        if (ended) {
            throw new RejectedExecutionException("ended");
        }
        later.add(task);
    }

    void endRound() {
        runAndClear(atEnd);
    }

    /** Lets pass whatever time tasks wait for. */
    void passTime() {
        runAndClear(later);
    }

    void end() {
        ended = true;
    }

    boolean isWaiting() {
        return !later.isEmpty();
    }

    private static void runAndClear(List<Runnable> tasks) {
        List<Runnable> due = List.copyOf(tasks);
        tasks.clear();
        due.forEach(Runnable::run);
    }
}
