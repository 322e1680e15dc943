package io.evcache.examples.daocacheaside;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/** Threads that ask for people, most for few of them, as fast as they are answered but for a short pause. */
final class LoadGenerator {
    private static final int THREADS = 64;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final PersonDao dao;
    private final int people;

    LoadGenerator(PersonDao dao, int people) {
        this.dao = dao;
        this.people = people;
    }

    /** Returns the queries of each second; prints them as they come. */
    List<Long> run(String title, List<People> programs, int seconds) throws Exception {
        System.out.println(title);
        LongAdder reads = new LongAdder();
        AtomicReference<Exception> failure = new AtomicReference<>();
        long end = System.nanoTime() + seconds * SECOND_NANOS;
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            People program = programs.get(i % programs.size());
            Thread thread = new Thread(() -> readUntil(end, program, reads, failure), "reader-" + i);
            thread.setDaemon(true);
            thread.start();
            threads.add(thread);
        }
        List<Long> perSecond = watch(seconds, reads);
        for (Thread thread : threads) {
            thread.join();
        }
        if (failure.get() != null) {
            throw failure.get();
        }
        return perSecond;
    }

    private List<Long> watch(int seconds, LongAdder reads) {
        List<Long> perSecond = new ArrayList<>();
        long start = System.nanoTime();
        long queriesBefore = dao.queries();
        long readsBefore = reads.sum();
        for (int second = 1; second <= seconds; second++) {
            for (long left = 1; left > 0; left = start + second * SECOND_NANOS - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            long queries = dao.queries();
            long read = reads.sum();
            System.out.printf(
                    Locale.ROOT,
                    "  %2d s  %,8d reads/s  %,6d queries/s  %s%n",
                    second,
                    read - readsBefore,
                    queries - queriesBefore,
                    "#".repeat((int) Math.min(60, (queries - queriesBefore) / 5)));
            perSecond.add(queries - queriesBefore);
            queriesBefore = queries;
            readsBefore = read;
        }
        return perSecond;
    }

    private void readUntil(long end, People program, LongAdder reads, AtomicReference<Exception> failure) {
        try {
            while (end - System.nanoTime() > 0 && failure.get() == null) {
                long id = 1
                        + (long) (people * Math.pow(ThreadLocalRandom.current().nextDouble(), 3));
                Person person = program.byId(id);
                if (person == null || person.id() != id) {
                    throw new IllegalStateException("asked for person " + id + ", got " + person);
                }
                reads.increment();
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        } catch (Exception e) {
            failure.compareAndSet(null, e);
        }
    }
}
