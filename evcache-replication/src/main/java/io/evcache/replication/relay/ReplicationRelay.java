package io.evcache.replication.relay;

import static java.util.Objects.requireNonNull;

import io.evcache.client.pipeline.Next;
import io.evcache.core.time.Ticker;
import io.evcache.core.time.WallClock;
import io.evcache.replication.link.Link;
import io.evcache.replication.mutation.MalformedMutation;
import io.evcache.replication.mutation.Mutation;
import io.evcache.replication.mutation.MutationCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ships what is written in one region to one other region: consumes the log of mutations, reads each value as late as possible, and sends it in batches to the
 * other region's agent. At least once: a record's offset is committed only after it and all before it have ended, so a relay that is killed at any instant
 * ships some keys twice and none never.
 *
 * <p>Ships the state of a key, not its history: many writes to a key that come close together are shipped as one, with the last value. Mutations of other regions
 * are dropped, which is one of two guards against loops; the other is that what agents write is not published.
 *
 * <p>While the other region cannot be reached nothing is read and nothing is lost: records wait in the log, the relay's memory stays within its limits.
 *
 * <p>One daemon thread owns all state; the source and the link have theirs. The cache, the link and the dead letters belong to the caller, who closes them after
 * this.
 */
public final class ReplicationRelay implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ReplicationRelay.class);
    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** Longer than it takes to get an event, so that what fails each time fills neither a processor nor the log. */
    private static final long FAILED_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(5);

    private final RelayConfig config;
    private final MutationSource source;
    private final Link link;
    private final OffsetTracker tracker;
    private final Ledger ledger;
    private final Shipper shipper;
    private final Thread thread;
    private final AtomicBoolean started = new AtomicBoolean();
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile boolean stopping;

    /** What happened elsewhere. Bounded by what is under way and by what the source may deliver. */
    private final LinkedBlockingQueue<Runnable> mailbox = new LinkedBlockingQueue<>();

    /**
     * Creates a relay; {@link #start} sets it going.
     *
     * @param source the log; closed by this
     * @param cache reads of the own region, without interceptors that count or change
     * @param link to the other region's agent
     */
    public ReplicationRelay(
            RelayConfig config,
            MutationSource source,
            Next cache,
            Link link,
            DeadLetters deadLetters,
            RelayObserver observer) {
        this(config, source, cache, link, deadLetters, observer, Ticker.system(), WallClock.system());
    }

    ReplicationRelay(
            RelayConfig config,
            MutationSource source,
            Next cache,
            Link link,
            DeadLetters deadLetters,
            RelayObserver observer,
            Ticker ticker,
            WallClock clock) {
        this.config = requireNonNull(config, "config");
        this.source = requireNonNull(source, "source");
        this.link = requireNonNull(link, "link");
        this.tracker = new OffsetTracker(ticker);
        this.ledger = new Ledger(tracker, observer, clock);
        this.shipper = new Shipper(
                config,
                new ValueFetcher(cache, config, ticker),
                link,
                deadLetters,
                ledger,
                mailbox::add,
                ticker,
                clock);
        this.thread = new Thread(this::run, "evcache-relay");
        this.thread.setDaemon(true);
    }

    /** Begins to consume. */
    public void start() {
        if (closed.get() || !started.compareAndSet(false, true)) {
            throw new IllegalStateException("a relay starts once");
        }
        thread.start();
        link.onReady(() -> mailbox.add(() -> {}));
        source.start(new Consumption());
    }

    /** Returns the books. For any thread. */
    public RelayStats stats() {
        return ledger.stats(source.lag(), link.isReady());
    }

    /** Stops consuming, waits a moment for what is in flight, commits, and ends. Takes at most some ten seconds. Repeating it does nothing. */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        source.close();
        stopping = true;
        mailbox.add(() -> {});
        if (started.get()) {
            try {
                thread.join(STOP_TIMEOUT.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void run() {
        long wait = 0;
        while (!stopping) {
            try {
                handleEvents(wait);
                wait = Math.min(IDLE_NANOS, shipper.step());
            } catch (InterruptedException e) {
                LOG.warn("[{}] relay interrupted, goes on", config.region());
            } catch (
                    Throwable
                            e) { // also an error: without this thread the source would keep its partitions for nothing
                LOG.error("[{}] relay failed at one event and goes on", config.region(), e);
                wait = FAILED_NANOS;
            }
        }
    }

    private void handleEvents(long waitNanos) throws InterruptedException {
        Runnable event = waitNanos > 0 ? mailbox.poll(waitNanos, TimeUnit.NANOSECONDS) : mailbox.poll();
        while (event != null) {
            event.run();
            event = mailbox.poll();
        }
    }

    @Override
    public String toString() {
        return "Relay(" + config.region() + ", " + link + ")";
    }

    /** Runs on the source's thread. */
    private final class Consumption implements MutationSource.Intake {
        /** Confined to the source's thread. */
        private boolean full;

        @Override
        public void assigned(int partition, long position) {
            LOG.info("[{}] partition {} from {}", config.region(), partition, position);
            tracker.assigned(partition, position);
        }

        @Override
        public void records(List<SourceRecord> records) {
            List<Work.Item> items = new ArrayList<>(records.size());
            for (SourceRecord origin : records) {
                Position position = tracker.consumed(origin.partition(), origin.offset());
                Work.Item item = position == null ? null : item(origin, position);
                if (item != null) {
                    items.add(item);
                }
            }
            if (!items.isEmpty()) {
                mailbox.add(() -> items.forEach(shipper::offer));
            }
        }

        private Work.@Nullable Item item(SourceRecord origin, Position position) {
            try {
                Mutation mutation = MutationCodec.decode(origin.key(), origin.value());
                Work.Item item = new Work.Item(mutation, position, origin);
                if (mutation.originRegion().equals(config.region())) {
                    return item;
                }
                ledger.ended(item, Outcome.SKIPPED_FOREIGN);
            } catch (MalformedMutation e) {
                LOG.warn("[{}] record {} is no mutation: {}", config.region(), origin, e.getMessage());
                mailbox.add(() -> shipper.bury(origin, position, String.valueOf(e.getMessage())));
            }
            return null;
        }

        /**
         * Resumes at half of the limit, so that a full relay does not pause and resume at every record. Bytes that are under way are no reason to wait: what is
         * consumed meanwhile are names.
         */
        @Override
        public boolean wantsMore() {
            int limit = full ? config.maxRecords() / 2 : config.maxRecords();
            full = tracker.open() >= Math.max(1, limit);
            return !full;
        }

        @Override
        public Map<Integer, Long> committable() {
            return tracker.committable();
        }

        @Override
        public void revoking(Set<Integer> partitions, Duration atMost) {
            tracker.closing(partitions, atMost);
        }

        @Override
        public void revoked(Set<Integer> partitions) {
            LOG.info("[{}] partitions {} are gone", config.region(), partitions);
            tracker.revoked(partitions);
        }

        @Override
        public void gap(int partition, long records, long next) {
            LOG.error(
                    "[{}] {} records of partition {} were gone before they were read",
                    config.region(),
                    records,
                    partition);
            tracker.resumed(partition, next);
            ledger.gap(partition, records);
        }
    }
}
