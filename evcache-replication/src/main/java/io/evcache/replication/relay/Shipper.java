package io.evcache.replication.relay;

import io.evcache.core.time.Ticker;
import io.evcache.core.time.WallClock;
import io.evcache.replication.link.BatchAck;
import io.evcache.replication.link.BatchEntry;
import io.evcache.replication.link.Link;
import io.evcache.replication.link.LinkFailure;
import io.evcache.replication.mutation.Mutation;
import io.evcache.replication.mutation.Mutation.Operation;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves work from its lane through fetch, batch and link to its end. Confined to one thread, which calls {@link #step}; what happens elsewhere comes back through
 * that thread's executor.
 */
final class Shipper {
    private static final Logger LOG = LoggerFactory.getLogger(Shipper.class);

    /** The relay's and the writers' clocks may differ: only what is long over is skipped unread. */
    private static final long EXPIRY_SLACK_SECONDS = 5;

    private static final int MAX_UNCERTAIN_READS = 3;

    private final RelayConfig config;
    private final ValueFetcher fetcher;
    private final Link link;
    private final DeadLetters deadLetters;
    private final Ledger ledger;
    private final Executor self;
    private final Ticker ticker;
    private final WallClock clock;
    private final Coalescer coalescer;
    private final Batcher<Flight> batcher;
    private final Timers timers;
    /** When there was last nobody to ship to. What was tried before does not count. */
    private long disconnectedAt;

    private int underWay;
    private long bytesUnderWay;

    Shipper(
            RelayConfig config,
            ValueFetcher fetcher,
            Link link,
            DeadLetters deadLetters,
            Ledger ledger,
            Executor self,
            Ticker ticker,
            WallClock clock) {
        this.config = config;
        this.fetcher = fetcher;
        this.link = link;
        this.deadLetters = deadLetters;
        this.ledger = ledger;
        this.self = self;
        this.ticker = ticker;
        this.clock = clock;
        this.coalescer = new Coalescer(ledger::covered);
        this.batcher = new Batcher<>(config.batchCount(), config.batchBytes(), config.batchAge());
        this.timers = new Timers(ticker);
        this.disconnectedAt = ticker.nanos();
    }

    /** Work with its value, and what of the budget it holds. */
    private record Flight(Work work, BatchEntry entry, long reserved, long readAt) {}

    void offer(Work.Item item) {
        coalescer.offer(item);
    }

    /** Keeps a record that is no mutation; tries until that succeeds. */
    void bury(SourceRecord dead, Position position, String reason) {
        bury(dead, reason, () -> ledger.isWanted(position), () -> ledger.ended(position, Outcome.DEAD_LETTERED));
    }

    /** Does all that can be done now. Returns the nanoseconds until more can be, unless something happens before. */
    long step() {
        timers.runDue();
        if (!link.isReady()) {
            disconnectedAt = ticker.nanos();
        }
        while (link.isReady() && hasRoom()) {
            Work work = coalescer.next();
            if (work == null) {
                break;
            }
            begin(work);
        }
        if (batcher.nanosUntilDue(ticker.nanos()) <= 0) {
            send(batcher.take());
        }
        return Math.min(timers.nanosUntilDue(), batcher.nanosUntilDue(ticker.nanos()));
    }

    /** Returns whether the limits allow one more read. */
    boolean hasRoom() {
        return underWay < config.maxUnderWay() && bytesUnderWay < config.maxBytesUnderWay();
    }

    private void begin(Work work) {
        Mutation mutation = work.mutation();
        work.triedSince(ticker.nanos());
        if (!ledger.isWanted(work)) {
            coalescer.ended(work);
        } else if (isOver(mutation)) {
            giveUp(work, Outcome.SKIPPED_EXPIRED);
        } else if (mutation.operation() == Operation.DELETE) {
            delete(work, mutation);
        } else {
            read(work, mutation);
        }
    }

    private void read(Work work, Mutation mutation) {
        long expected = expectedBytes(mutation);
        reserve(expected);
        try {
            fetcher.fetch(mutation, fetched -> self.execute(() -> fetched(work, expected, fetched)));
        } catch (Throwable e) { // also an error: the key would never be tried again
            LOG.error("Reading {} failed; it is tried again", mutation.key(), e);
            release(expected);
            unread(work, "cannot be read: " + e);
        }
    }

    private void delete(Work work, Mutation deletion) {
        BatchEntry entry = BatchEntry.delete(deletion.key().bytes(), deletion.version());
        reserve(entry.bytes());
        gather(new Flight(work, entry, entry.bytes(), ticker.nanos()));
    }

    private boolean isOver(Mutation mutation) {
        long now = Math.floorDiv(clock.millis(), 1000L);
        return mutation.expiresAt() != 0 && mutation.expiresAt() + EXPIRY_SLACK_SECONDS < now;
    }

    /**
     * The value may have changed since; the reservation is corrected once it is there. Who touched or extended it does not know its length, so it counts as the
     * longest: what was read before says nothing of it, and thousands are read before the first is there.
     */
    private long expectedBytes(Mutation mutation) {
        int longest = config.maxValueBytes();
        return mutation.valueBytes() == 0 ? longest : Math.min(mutation.valueBytes(), longest);
    }

    private void fetched(Work work, long reserved, Fetched fetched) {
        if (fetched instanceof Fetched.Found found) {
            Mutation mutation = work.mutation();
            BatchEntry entry =
                    BatchEntry.set(mutation.key().bytes(), mutation.version(), found.ttlSeconds(), found.value());
            bytesUnderWay += entry.bytes() - reserved;
            gather(new Flight(work, entry, entry.bytes(), ticker.nanos()));
            return;
        }
        release(reserved);
        if (fetched instanceof Fetched.Nothing nothing) {
            giveUp(work, nothing.outcome());
        } else if (fetched instanceof Fetched.Failed failed) {
            unread(work, "cannot be read: " + failed.failure().getMessage());
        } else if (fetched instanceof Fetched.Uncertain uncertain) {
            if (work.nextUncertainRead() > MAX_UNCERTAIN_READS) {
                giveUp(work, Outcome.SKIPPED_UNREADABLE);
            } else {
                unread(work, "cannot be read everywhere: " + uncertain.failure().getMessage());
            }
        }
    }

    /** The value may be readable in a moment or in hours. The deletion before it, of which all is known, does not wait for that. */
    private void unread(Work work, String reason) {
        Work deletion = coalescer.deletionFirst(work);
        if (deletion == null) {
            retry(work, reason);
        } else {
            ledger.retried(work, reason);
            begin(deletion);
        }
    }

    private void gather(Flight flight) {
        batcher.add(flight, flight.entry().bytes(), ticker.nanos()).forEach(this::send);
    }

    private void send(List<Flight> flights) {
        long readAt = flights.get(0).readAt();
        List<BatchEntry> entries = flights.stream().map(Flight::entry).toList();
        guarded(() -> link.send(entries, readAt))
                .whenComplete((ack, failure) -> self.execute(() -> answered(flights, ack, failure)));
    }

    private void answered(List<Flight> flights, @Nullable BatchAck ack, @Nullable Throwable failure) {
        for (int i = 0; i < flights.size(); i++) {
            Work work = flights.get(i).work();
            release(flights.get(i).reserved());
            if (ack == null) {
                unanswered(work, failure);
                continue;
            }
            switch (ack.outcomes().get(i)) {
                case APPLIED -> end(work, Outcome.APPLIED);
                case RETRY -> retry(work, "not applied by any zone of the other region");
                case REJECTED -> buryWork(work, "rejected by the agent: illegal key, life or size");
            }
        }
    }

    /** Without a connection there is nothing to wait for: work is ready again, and begins with a fresh read once the link is back. */
    private void unanswered(Work work, @Nullable Throwable failure) {
        boolean disconnected = failure instanceof LinkFailure link
                && (link.reason() == LinkFailure.Reason.NOT_CONNECTED
                        || link.reason() == LinkFailure.Reason.CONNECTION_LOST);
        if (disconnected) {
            ledger.retried(work, "connection lost");
            disconnectedAt = ticker.nanos();
            coalescer.again(work);
        } else {
            retry(work, "not acknowledged: " + (failure == null ? "" : failure.getMessage()));
        }
    }

    private void retry(Work work, String reason) {
        long now = ticker.nanos();
        Duration tried = Duration.ofNanos(Math.min(now - work.triedSince(now), now - disconnectedAt));
        if (tried.compareTo(config.maxItemAge()) > 0) {
            buryWork(work, "tried for " + tried + "; " + reason);
            return;
        }
        ledger.retried(work, reason);
        Duration pause = config.retry().delay(work.nextAttempt(), ThreadLocalRandom.current());
        timers.in(pause, () -> coalescer.again(work));
    }

    private void buryWork(Work work, String reason) {
        bury(work.survivor().origin(), reason, () -> ledger.isWanted(work), () -> giveUp(work, Outcome.DEAD_LETTERED));
    }

    /** Tries until it is kept, or is no longer this relay's to keep: whoever has its partition buries it. */
    private void bury(SourceRecord dead, String reason, BooleanSupplier wanted, Runnable buried) {
        guarded(() -> deadLetters.keep(dead, reason))
                .whenComplete((done, failure) -> self.execute(() -> {
                    if (failure == null || !wanted.getAsBoolean()) {
                        buried.run();
                    } else {
                        timers.in(config.retry().cap(), () -> bury(dead, reason, wanted, buried));
                    }
                }));
    }

    /** What is thrown, also an error, is a failure like others: the keys that wait for the answer would never be tried again. */
    private static <T> CompletableFuture<T> guarded(Supplier<CompletableFuture<T>> call) {
        try {
            return call.get();
        } catch (Throwable e) {
            LOG.error("A call failed; it is tried again", e);
            return CompletableFuture.failedFuture(e);
        }
    }

    /** The survivor is not shipped. A deletion before it was meant to be followed by its value: now it must be shipped itself. */
    private void giveUp(Work work, Outcome outcome) {
        Work.Item givenUp = work.survivor();
        if (work.fallBackToDeletion()) {
            ledger.ended(givenUp, outcome);
            coalescer.again(work);
        } else {
            end(work, outcome);
        }
    }

    private void end(Work work, Outcome outcome) {
        coalescer.ended(work);
        ledger.ended(work, outcome);
    }

    private void reserve(long bytes) {
        underWay++;
        bytesUnderWay += bytes;
    }

    private void release(long bytes) {
        underWay--;
        bytesUnderWay -= bytes;
    }
}
