package io.evcache.client.load;

import static java.util.concurrent.TimeUnit.SECONDS;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Threads that all do one thing at the same moment. */
final class Callers implements AutoCloseable {
    private final int count;
    private final ExecutorService threads;

    Callers(int count) {
        this.count = count;
        this.threads = Executors.newFixedThreadPool(count);
    }

    /** Starts all at once. */
    <T> List<Future<T>> start(Callable<T> call) {
        CountDownLatch ready = new CountDownLatch(count);
        List<Future<T>> answers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            answers.add(threads.submit(() -> {
                ready.countDown();
                ready.await();
                return call.call();
            }));
        }
        return answers;
    }

    /** Returns what each of them got, or what it threw. */
    static List<Object> outcomes(List<? extends Future<?>> answers) throws Exception {
        List<Object> outcomes = new ArrayList<>();
        for (Future<?> answer : answers) {
            try {
                Object value = answer.get(60, SECONDS);
                outcomes.add(value == null ? "null" : value);
            } catch (ExecutionException e) {
                outcomes.add(e.getCause());
            }
        }
        return outcomes;
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
