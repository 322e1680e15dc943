package io.evcache.benchmarks.load;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.HdrHistogram.Histogram;

/** Latencies of one trial. Every thread that records has a histogram of its own; they are added up when all is quiet. */
final class Latencies {
    private static final long HIGHEST_NANOS = 60_000_000_000L;

    private final List<Histogram> all = new CopyOnWriteArrayList<>();
    private final ThreadLocal<Histogram> own = ThreadLocal.withInitial(this::another);

    /** Returns the histogram of the calling thread. */
    Histogram own() {
        return own.get();
    }

    Histogram sum() {
        Histogram sum = new Histogram(HIGHEST_NANOS, 3);
        all.forEach(sum::add);
        return sum;
    }

    private Histogram another() {
        Histogram histogram = new Histogram(HIGHEST_NANOS, 3);
        all.add(histogram);
        return histogram;
    }
}
