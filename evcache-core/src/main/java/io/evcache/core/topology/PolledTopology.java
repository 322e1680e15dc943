package io.evcache.core.topology;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks a source at an interval, and passes on what differs. The way to connect a registry that can be asked and does not call back.
 *
 * <p>What cannot be read is no news: the listener is told of the failure, the log once for each kind until a reading is whole, and the last topology holds on. Immutable: each method returns a changed provider.
 */
public final class PolledTopology implements TopologyProvider {
    private static final Logger LOG = LoggerFactory.getLogger(PolledTopology.class);

    private final String name;
    private final Supplier<? extends TopologySource> sources;
    private final Duration interval;
    private final @Nullable ScheduledExecutorService scheduler;

    private PolledTopology(
            String name,
            Supplier<? extends TopologySource> sources,
            Duration interval,
            @Nullable ScheduledExecutorService scheduler) {
        if (interval.isNegative() || interval.isZero()) {
            throw new IllegalArgumentException("the interval must be more than zero, was " + interval);
        }
        this.name = name;
        this.sources = sources;
        this.interval = interval;
        this.scheduler = scheduler;
    }

    /**
     * Returns a provider that asks a source.
     *
     * @param name of the source, for logs and thread names
     * @param sources asked for a source at each watch, so that a source may remember something
     * @param interval between an answer and the next question; more than zero
     */
    public static PolledTopology of(String name, Supplier<? extends TopologySource> sources, Duration interval) {
        return new PolledTopology(requireNonNull(name, "name"), requireNonNull(sources, "sources"), interval, null);
    }

    /** Returns this with another interval between an answer and the next question: more than zero. */
    public PolledTopology every(Duration other) {
        return new PolledTopology(name, sources, other, scheduler);
    }

    /**
     * Returns this with the source asked, and listeners called, by threads of the user's, who ends them. A call that is under way while a watch is closed may end after that. Default: one daemon thread per watch.
     */
    public PolledTopology on(ScheduledExecutorService threads) {
        return new PolledTopology(name, sources, interval, requireNonNull(threads, "threads"));
    }

    @Override
    public AutoCloseable watch(TopologyListener listener) {
        return new Watch(requireNonNull(listener, "listener"), sources.get());
    }

    @Override
    public String toString() {
        return name + " every " + interval.toMillis() + " ms";
    }

    private final class Watch implements AutoCloseable {
        /** For a listener that is being called, which is quick. */
        private static final long CLOSE_MILLIS = 1_000;

        /** A source whose every failure has another text is logged so often, and then no more. */
        private static final int MAX_KNOWN = 100;

        private final TopologyListener listener;
        private final TopologySource source;
        private final @Nullable ScheduledExecutorService own;
        private final ScheduledExecutorService threads;
        private volatile boolean closed;

        /** Confined to the one run at a time, as is what is below. */
        private @Nullable Topology last;

        /** The texts of what could not be read since the last reading that was whole. */
        private final Set<String> known = new HashSet<>();

        /** Whether something could not be read in this round. */
        private boolean failed;

        Watch(TopologyListener listener, TopologySource source) {
            this.listener = listener;
            this.source = source;
            this.own = scheduler == null ? Executors.newSingleThreadScheduledExecutor(this::thread) : null;
            this.threads = own == null ? requireNonNull(scheduler) : own;
            next(0);
        }

        private void next(long delayNanos) {
            try {
                Future<?> unused = threads.schedule(this::poll, delayNanos, TimeUnit.NANOSECONDS);
            } catch (RejectedExecutionException e) {
                LOG.debug("[{}] no longer watched: the threads have ended", name);
            }
        }

        private Thread thread(Runnable task) {
            Thread thread = new Thread(task, "evcache-topology-" + name);
            thread.setDaemon(true);
            return thread;
        }

        private void poll() {
            if (closed) {
                return;
            }
            failed = false;
            try {
                Topology now = source.read(this::failed);
                if (!closed && !now.equals(last)) {
                    last = now;
                    listener.changed(now);
                }
                if (!failed && !known.isEmpty()) {
                    LOG.info("[{}] the topology can be read again", name);
                    known.clear();
                }
            } catch (Exception e) { // a stranger's code, here or in the listener; the next round comes all the same
                failed(e);
            } catch (Throwable e) { // such as a class that is missing, which nobody would hear of
                failed(new IllegalStateException("the source of the topology threw " + e, e));
            } finally {
                next(interval.toNanos());
            }
        }

        private void failed(Exception failure) {
            if (closed) {
                return;
            }
            failed = true;
            String text = String.valueOf(failure);
            if (known.size() < MAX_KNOWN && known.add(text)) {
                LOG.warn("[{}] the topology cannot be read wholly, keeping what was last: {}", name, text);
            } else {
                LOG.debug("[{}] the topology still cannot be read", name, failure);
            }
            listener.failed(failure);
        }

        @Override
        public void close() {
            closed = true;
            if (own == null) {
                return;
            }
            own.shutdownNow();
            try {
                boolean unused = own.awaitTermination(CLOSE_MILLIS, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
