package io.evcache.client.load;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import io.evcache.client.EvCache;
import io.evcache.client.EvCacheClient;
import io.evcache.client.Patient;
import io.evcache.core.command.Pending;
import io.evcache.core.error.CallInterrupted;
import io.evcache.core.error.DeadlineExceeded;
import io.evcache.core.time.Deadline;
import io.evcache.core.time.Ticker;
import io.evcache.testkit.EmbeddedZones;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;

/**
 * A program of 64 virtual threads that all wait for what only one more virtual thread ends: a loader's latch, or a server that does not answer. With one carrier the last one never runs if anybody who waits holds it. Prints how
 * many got what they asked for, and how many carriers there were. Run by {@link VirtualThreadsTest} in a JVM of its own, since the tests are compiled for a Java without virtual threads.
 */
final class OnOneCarrier {
    private static final int CALLERS = 64;
    private static final Duration TIMEOUT = Patient.TIMEOUT;

    /** Past the end of the program. */
    private static final Duration LONG = Duration.ofHours(1);

    private final ExecutorService threads;
    private final Set<String> carriers = ConcurrentHashMap.newKeySet();

    private OnOneCarrier(ExecutorService threads) {
        this.threads = threads;
    }

    public static void main(String[] arguments) throws Exception {
        ExecutorService virtual = (ExecutorService)
                Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
        OnOneCarrier program = new OnOneCarrier(virtual);
        System.out.println("deadlines " + program.deadlines());
        System.out.println("interrupts " + program.interrupts());
        System.out.println("waits for one answer " + program.waitsForOneAnswer());
        System.out.println("answers at the deadline " + program.answersAtTheDeadline());
        try (EmbeddedZones zones = EmbeddedZones.start(1, "a");
                EvCacheClient client = Patient.connect(zones.connectString())) {
            EvCache<String> cache = client.cache("virtual");
            System.out.println("reads " + program.reads(zones, cache));
            System.out.println("getOrLoad " + program.gettingOrLoading(cache));
            CacheAsideBuilder<String, String> builder = CacheAside.over(cache, (String key) -> key)
                    .maxConcurrentLoads(CALLERS)
                    .loadTimeout(TIMEOUT);
            System.out.println("loads on own threads " + program.loads("own", builder));
            System.out.println("loads on virtual threads " + program.loads("virtual", builder.loadExecutor(virtual)));
            System.out.println("carriers " + program.carriers.size());
        }
    }

    /** Returns how many of those were told so whose deadline passed, with nobody about who would answer or look after deadlines. */
    private int deadlines() throws Exception {
        List<Future<String>> waits = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
            Deadline deadline = Deadline.after(Duration.ofMillis(1 + i), Ticker.system());
            waits.add(threads.submit(() -> Pending.<String>open().await(deadline)));
        }
        int told = 0;
        for (Future<String> wait : waits) {
            try {
                wait.get(TIMEOUT.toSeconds(), SECONDS);
            } catch (ExecutionException e) {
                told += e.getCause() instanceof DeadlineExceeded ? 1 : 0;
            }
        }
        return told;
    }

    /** Returns how many of those were told so, and are still interrupted, who were interrupted long before their deadline. */
    private int interrupts() throws Exception {
        BlockingQueue<Thread> waiting = new LinkedBlockingQueue<>();
        List<Future<Boolean>> waits = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
            waits.add(threads.submit(() -> {
                waiting.add(Thread.currentThread());
                try {
                    Pending.<String>open().await(Deadline.after(LONG, Ticker.system()));
                } catch (CallInterrupted e) {
                    return Thread.currentThread().isInterrupted();
                }
                return false;
            }));
        }
        for (int i = 0; i < CALLERS; i++) {
            waiting.take().interrupt();
        }
        return right(waits);
    }

    /** Returns how many of those got it who waited for the same answer, which comes long before their deadline. */
    private int waitsForOneAnswer() throws Exception {
        Pending<String> shared = Pending.open();
        CountDownLatch waiting = new CountDownLatch(CALLERS);
        List<Future<Boolean>> waits = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
            waits.add(threads.submit(() -> {
                waiting.countDown();
                return shared.await(Deadline.after(LONG, Ticker.system())).equals("here");
            }));
        }
        waiting.await();
        shared.complete("here");
        return right(waits);
    }

    /** Returns how many waits had an end whose answers came just when they were given up. */
    private int answersAtTheDeadline() throws Exception {
        List<Pending<String>> asked = new ArrayList<>();
        List<Future<Boolean>> waits = new ArrayList<>();
        for (int i = 0; i < 100 * CALLERS; i++) {
            Pending<String> pending = Pending.open();
            asked.add(pending);
            Deadline deadline = Deadline.after(Duration.ofMillis(1 + i % 100), Ticker.system());
            waits.add(threads.submit(() -> {
                try {
                    return pending.await(deadline).equals("here");
                } catch (DeadlineExceeded e) {
                    return true;
                }
            }));
        }
        for (int i = 0; i < 100; i++) {
            LockSupport.parkNanos(MILLISECONDS.toNanos(1));
            for (int j = i; j < asked.size(); j += 100) {
                asked.get(j).complete("here");
            }
        }
        return right(waits);
    }

    private static int right(List<Future<Boolean>> waits) throws Exception {
        int right = 0;
        for (Future<Boolean> wait : waits) {
            right += wait.get(TIMEOUT.toSeconds(), SECONDS) ? 1 : 0;
        }
        return right;
    }

    private int reads(EmbeddedZones zones, EvCache<String> cache) throws Exception {
        for (int i = 0; i < CALLERS; i++) {
            cache.set("read" + i, "value of read" + i);
        }
        zones.hangZone("a");
        CountDownLatch asking = new CountDownLatch(CALLERS);
        return answered("read", asking, () -> zones.resumeZone("a"), i -> {
            asking.countDown();
            return cache.get("read" + i);
        });
    }

    private int gettingOrLoading(EvCache<String> cache) throws Exception {
        CountDownLatch loading = new CountDownLatch(CALLERS);
        CountDownLatch opened = new CountDownLatch(1);
        return answered(
                "got",
                loading,
                opened::countDown,
                i -> cache.getOrLoad("got" + i, key -> {
                    loading.countDown();
                    opened.await();
                    return "value of " + key;
                }));
    }

    private int loads(String name, CacheAsideBuilder<String, String> builder) throws Exception {
        CountDownLatch loading = new CountDownLatch(CALLERS);
        CountDownLatch opened = new CountDownLatch(1);
        builder.loader(key -> {
            loading.countDown();
            opened.await();
            return "value of " + key;
        });
        try (CacheAside<String, String> aside = builder.build()) {
            return answered(name, loading, opened::countDown, i -> aside.get(name + i));
        }
    }

    /** Returns how many callers got their value; the virtual thread that ends their wait is started last. */
    private int answered(String name, CountDownLatch waiting, Runnable end, IntFunction<String> call) throws Exception {
        List<Future<String>> answers = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
            int number = i;
            answers.add(threads.submit(() -> {
                noteCarrier();
                return call.apply(number);
            }));
        }
        Future<?> ending = threads.submit(() -> {
            waiting.await();
            end.run();
            return null;
        });
        int right = 0;
        try {
            ending.get(TIMEOUT.toSeconds(), SECONDS);
            for (int i = 0; i < CALLERS; i++) {
                if (("value of " + name + i).equals(answers.get(i).get(TIMEOUT.toSeconds(), SECONDS))) {
                    right++;
                }
            }
        } catch (TimeoutException | ExecutionException e) {
            System.out.println(name + ": " + e);
        }
        return right;
    }

    /** A virtual thread's text ends in its carrier's name, such as {@code VirtualThread[#31]/runnable@ForkJoinPool-1-worker-1}. */
    private void noteCarrier() {
        String text = Thread.currentThread().toString();
        carriers.add(text.startsWith("VirtualThread") ? text.substring(text.indexOf('@')) : "none: " + text);
    }
}
