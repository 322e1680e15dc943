package io.evcache.replication.agent;

import static java.util.Objects.requireNonNull;

import io.evcache.client.pipeline.Next;
import io.evcache.client.pipeline.Write;
import io.evcache.client.pipeline.WriteLatch;
import io.evcache.client.pipeline.WritePolicy;
import io.evcache.client.pipeline.WriteResult;
import io.evcache.client.pipeline.ZoneOutcome;
import io.evcache.core.command.Command;
import io.evcache.core.command.Delete;
import io.evcache.core.command.Pending;
import io.evcache.core.command.Store;
import io.evcache.core.error.IllegalKeyException;
import io.evcache.core.error.ServerError;
import io.evcache.core.key.Key;
import io.evcache.core.time.Deadline;
import io.evcache.core.time.Ticker;
import io.evcache.core.value.Ttl;
import io.evcache.replication.link.Batch;
import io.evcache.replication.link.BatchAck;
import io.evcache.replication.link.BatchAck.Outcome;
import io.evcache.replication.link.BatchEntry;
import io.evcache.replication.link.BatchHandler;
import io.evcache.replication.mutation.Mutation;
import io.evcache.replication.mutation.Mutation.Operation;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes batches to all zones: bytes and flags untouched, the life shortened by the time in transit. An entry counts as applied if one zone has taken it; the other
 * zones are written all the same, and their failures are counted, not retried. A batch is answered when all zones have said something to each entry, so that a kill loses nothing
 * that has its answer; but a zone that is slow does not hold up the others for long.
 */
final class BatchApplier implements BatchHandler {
    private static final Logger LOG = LoggerFactory.getLogger(BatchApplier.class);
    /** memcached's words for a value over its limit; the only refusal that repeating cannot help. */
    private static final String TOO_LARGE = "too large";

    private final Next zones;
    private final Duration writeTimeout;
    private final int maxValueBytes;
    private final Duration lastZones;
    private final Ticker ticker;
    private final AtomicLong applied = new AtomicLong();
    private final AtomicLong retry = new AtomicLong();
    private final AtomicLong rejected = new AtomicLong();
    private final AtomicLong missedZones = new AtomicLong();

    /**
     * Creates one that writes there.
     *
     * @param lastZones how long zones that have not answered are waited for after one has taken each entry
     */
    BatchApplier(Next zones, Duration writeTimeout, int maxValueBytes, Duration lastZones, Ticker ticker) {
        this.zones = requireNonNull(zones, "zones");
        this.writeTimeout = requireNonNull(writeTimeout, "writeTimeout");
        this.maxValueBytes = maxValueBytes;
        this.lastZones = requireNonNull(lastZones, "lastZones");
        this.ticker = ticker;
    }

    @Override
    public CompletionStage<BatchAck> apply(Batch batch) {
        Answers answers = new Answers(batch);
        List<BatchEntry> entries = batch.entries();
        for (int i = 0; i < entries.size(); i++) {
            apply(entries.get(i), batch, answers, i);
        }
        return answers.complete;
    }

    private void apply(BatchEntry entry, Batch batch, Answers answers, int index) {
        Command<?> command;
        try {
            command = command(entry, batch.heldMillis());
        } catch (IllegalKeyException | IllegalArgumentException e) {
            LOG.warn("[{}] entry {} of batch {} rejected: {}", batch.originRegion(), index, batch.id(), e.getMessage());
            answers.decide(index, Outcome.REJECTED);
            answers.settle();
            return;
        }
        WriteLatch latch = zones.write(
                new Write(Mutation.ARRIVED, command, WritePolicy.ONE, Deadline.after(writeTimeout, ticker)));
        latch.decided().receive(decided -> answers.decide(index, outcome(decided)));
        latch.settled().receive(settled -> {
            countMissedZones(settled);
            answers.settle();
        });
    }

    private Command<?> command(BatchEntry entry, long heldMillis) {
        Key key = Key.ofBytes(entry.key());
        if (entry.operation() == Operation.DELETE) {
            return Delete.of(key);
        }
        if (entry.value().length() > maxValueBytes) {
            throw new IllegalArgumentException("value of " + entry.value().length() + " bytes for " + key
                    + " is over the limit of " + maxValueBytes);
        }
        return Store.set(key, entry.value(), ttl(entry.ttlSeconds(), heldMillis));
    }

    /** Never zero, which would mean "for ever": what should have ended on the way lives for a second. */
    private static Ttl ttl(long remainingSeconds, long heldMillis) {
        if (remainingSeconds == BatchEntry.NO_EXPIRY) {
            return Ttl.none();
        }
        Ttl told = Ttl.ofSeconds(remainingSeconds);
        return Ttl.ofSeconds(Math.max(1, told.seconds() - heldMillis / 1000));
    }

    private static Outcome outcome(Pending<? extends WriteResult> decided) {
        WriteResult result = decided.value();
        if (result == null) {
            return Outcome.RETRY;
        }
        if (result.isMet()) {
            return Outcome.APPLIED;
        }
        // One is enough: a zone that cannot be reached now must not keep the others waiting for a value that they will
        // never take.
        return result.zones().stream().anyMatch(BatchApplier::isTooLarge) ? Outcome.REJECTED : Outcome.RETRY;
    }

    private static boolean isTooLarge(ZoneOutcome zone) {
        return zone.failure() instanceof ServerError error
                && !error.mayHaveBeenApplied() // else it may be about another value that left together with this one
                && String.valueOf(error.getMessage()).contains(TOO_LARGE);
    }

    private void countMissedZones(Pending<? extends WriteResult> settled) {
        WriteResult result = settled.value();
        if (result != null) {
            int done = result.zones(ZoneOutcome.Status.DONE).size();
            missedZones.addAndGet(done == 0 ? 0 : result.zones().size() - done);
        }
    }

    long applied() {
        return applied.get();
    }

    long retry() {
        return retry.get();
    }

    long rejected() {
        return rejected.get();
    }

    long missedZones() {
        return missedZones.get();
    }

    /** The outcomes of one batch as they come in, from any thread. */
    private final class Answers {
        final CompletableFuture<BatchAck> complete = new CompletableFuture<>();
        private final long id;
        private final AtomicReferenceArray<Outcome> outcomes;
        private final AtomicInteger undecided;
        /** Of each entry that it is decided and that it is settled, which may come from two threads at once. */
        private final AtomicInteger open;

        Answers(Batch batch) {
            int entries = batch.entries().size();
            id = batch.id();
            outcomes = new AtomicReferenceArray<>(entries);
            undecided = new AtomicInteger(entries);
            open = new AtomicInteger(2 * entries);
            if (entries == 0) {
                complete.complete(ack());
            }
        }

        void decide(int index, Outcome outcome) {
            count(outcome);
            outcomes.set(index, outcome);
            boolean isLast = undecided.decrementAndGet() == 0;
            countDown();
            if (isLast && !complete.isDone()) {
                complete.completeOnTimeout(ack(), lastZones.toNanos(), TimeUnit.NANOSECONDS);
            }
        }

        void settle() {
            countDown();
        }

        private void countDown() {
            if (open.decrementAndGet() == 0) {
                complete.complete(ack());
            }
        }

        private BatchAck ack() {
            Outcome[] all = new Outcome[outcomes.length()];
            Arrays.setAll(all, outcomes::get);
            return new BatchAck(id, List.of(all));
        }

        private void count(Outcome outcome) {
            switch (outcome) {
                case APPLIED -> applied.incrementAndGet();
                case RETRY -> retry.incrementAndGet();
                case REJECTED -> rejected.incrementAndGet();
            }
        }
    }
}
