package io.evcache.benchmarks.load;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Threads that call, wait, check and call again. */
final class SyncLoad {
    private final Trial trial;
    private final Latencies latencies = new Latencies();
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    private final CountDownLatch ready;
    private final CountDownLatch start = new CountDownLatch(1);
    private final CountDownLatch finished;
    private final CountDownLatch measured = new CountDownLatch(1);

    SyncLoad(Trial trial) {
        this.trial = trial;
        this.ready = new CountDownLatch(trial.scenario().callers());
        this.finished = new CountDownLatch(trial.scenario().callers());
    }

    Measured run() throws Exception {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < trial.scenario().callers(); i++) {
            int seed = i;
            threads.add(start(() -> call(seed)));
        }
        ready.await();
        Meter before = Meter.begin(trial.serverPids());
        start.countDown();
        finished.await();
        Measured result = before.until(Meter.end(trial.serverPids()), latencies.sum());
        measured.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        Exception failed = failure.get();
        if (failed != null) {
            throw failed;
        }
        return result;
    }

    private Thread start(Runnable caller) throws ReflectiveOperationException {
        if (trial.scenario().threads() == Scenario.Threads.VIRTUAL) {
            // Named by reflection: this code is compiled for a Java that does not have them.
            return (Thread)
                    Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, caller);
        }
        Thread thread = new Thread(caller, "load");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private void call(int seed) {
        try {
            Histogram histogram = latencies.own(); // some 200 KB, which are not the contender's
            ready.countDown();
            SplittableRandom random = new SplittableRandom(seed);
            start.await();
            long now = System.nanoTime();
            long end = now + trial.length().toNanos();
            for (int i = 0; now < end && failure.get() == null; i++) {
                operation(i, random);
                long done = System.nanoTime();
                histogram.recordValue(done - now);
                now = done;
            }
        } catch (Exception e) {
            failure.compareAndSet(null, e);
        } finally {
            finished.countDown();
            awaitMeasured();
        }
    }

    /** The counters of a thread vanish with it. */
    private void awaitMeasured() {
        try {
            measured.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void operation(int i, SplittableRandom random) throws Exception {
        Dataset data = trial.data();
        Contender contender = trial.contender();
        switch (trial.scenario().kind()) {
            case GET -> {
                int key = random.nextInt(data.size());
                data.check(key, contender.get(key));
            }
            case SET -> {
                int key = i % data.size();
                contender.set(key, data.value(key));
            }
            case BULK -> {
                int count = trial.scenario().width();
                int from = random.nextInt(data.size() - count);
                check(from, count, contender.getAll(from, count));
            }
            default -> throw new IllegalStateException(trial.scenario() + " is not synchronous");
        }
    }

    private void check(int from, int count, Map<String, byte[]> got) {
        Dataset data = trial.data();
        for (int key = from; key < from + count; key++) {
            data.check(key, got.get(data.keys().get(key)));
        }
    }
}
