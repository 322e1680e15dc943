package io.evcache.client.migration;

import static java.util.Objects.requireNonNull;

import io.evcache.client.pipeline.Interceptor;
import io.evcache.client.pipeline.Next;
import io.evcache.client.pipeline.Read;
import io.evcache.client.pipeline.ReadResult;
import io.evcache.client.pipeline.Write;
import io.evcache.client.pipeline.WriteLatch;
import io.evcache.client.pipeline.WritePolicy;
import io.evcache.client.pipeline.WriteResult;
import io.evcache.client.pipeline.ZoneOutcome.Status;
import io.evcache.core.command.Command;
import io.evcache.core.command.Delete;
import io.evcache.core.command.Get;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Pending;
import io.evcache.core.command.Store;
import io.evcache.core.time.Deadline;
import io.evcache.core.time.Ticker;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the old cluster where the new one has nothing, and tells both of every write. What the old one answers to a write is counted and otherwise ignored, and nothing that it does can fail a call. For any thread;
 * never blocks.
 *
 * <p>Tokens and leases of one cluster mean nothing in the other. A read that takes a lease, or may (that of a cache-aside that refreshes ahead), is answered by the new cluster alone. One that asks for a token is, too, once what only the old one had was copied. A write that
 * compares tokens removes the key from the old cluster if the new one has taken it, or may have.
 */
public final class MigrationInterceptor implements Interceptor {
    private static final Logger LOG = LoggerFactory.getLogger(MigrationInterceptor.class);
    private static final Duration BACKFILL_TIMEOUT = Duration.ofMillis(500);

    private final Next old;
    private final Migration migration;
    private final Ticker ticker;
    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();
    private final LongAdder failedReads = new LongAdder();
    private final LongAdder writes = new LongAdder();
    private final LongAdder failedWrites = new LongAdder();

    /**
     * Creates the interceptor.
     *
     * @param old the way into the old cluster
     */
    public MigrationInterceptor(Next old, Migration migration, Ticker ticker) {
        this.old = requireNonNull(old, "old");
        this.migration = requireNonNull(migration, "migration");
        this.ticker = requireNonNull(ticker, "ticker");
    }

    /** Returns how it goes. */
    public MigrationCounts counts() {
        return new MigrationCounts(hits.sum(), misses.sum(), failedReads.sum(), writes.sum(), failedWrites.sum());
    }

    @Override
    public Pending<ReadResult> read(Read read, Next next) {
        if (isLeasing(read.command())) {
            return next.read(read);
        }
        MigratingRead call = new MigratingRead(read, next, this);
        next.read(read).receive(call);
        return call;
    }

    @Override
    public WriteLatch write(Write write, Next next) {
        WriteLatch latch = next.write(write);
        Command<?> command = write.command();
        if (compares(write)) {
            latch.settled().receive(all -> {
                if (mayHaveBeenTaken(latch.now())) {
                    tellOld(
                            write,
                            Delete.of(command.key()),
                            Deadline.after(write.deadline().allowed(), ticker));
                }
            });
        } else if (command instanceof Delete delete && delete.staleSeconds() > 0) {
            tellOld(write, Delete.of(command.key()), write.deadline());
        } else if (!(command instanceof Get)) {
            tellOld(write, command, write.deadline());
        }
        return latch;
    }

    private static boolean compares(Write write) {
        Command<?> command = write.command();
        return write.tokens() != null
                || (command instanceof Store store && store.compare() != 0)
                || (command instanceof Delete delete && delete.compare() != 0);
    }

    private static boolean mayHaveBeenTaken(WriteResult result) {
        return !result.zones(Status.DONE).isEmpty()
                || !result.zones(Status.UNKNOWN).isEmpty();
    }

    private static boolean isLeasing(Get get) {
        return get.wants().leaseSeconds() > 0 || get.wants().recacheSeconds() > 0;
    }

    private void tellOld(Write write, Command<?> command, Deadline deadline) {
        writes.increment();
        try {
            Write copy = new Write(write.cache(), command, WritePolicy.NONE, deadline);
            old.write(copy).settled().receive(this::settled);
        } catch (RuntimeException e) { // the old cluster's interceptors are strangers
            failedWrites.increment();
            LOG.debug(
                    "The old cluster was not told of {} {}",
                    write.command().verb(),
                    write.command().key(),
                    e);
        }
    }

    private void settled(Pending<? extends WriteResult> told) {
        WriteResult result = told.value();
        boolean failed = result == null
                || !result.zones(Status.FAILED).isEmpty()
                || !result.zones(Status.UNKNOWN).isEmpty();
        if (failed) {
            failedWrites.increment();
        }
    }

    Pending<ReadResult> readOld(Read read) {
        long nanos = Math.min(
                read.deadline().remainingNanos(), migration.readTimeout().toNanos());
        Get.Wants wants = read.command().wants();
        Get command = migration.isBackfilling() ? new Get(read.command().key(), wants.withTtl()) : read.command();
        return old.read(new Read(
                read.cache(), command, migration.readPolicy(), Deadline.afterNanos(Math.max(1, nanos), ticker)));
    }

    /** Counts a hit of the old cluster, and copies it to the new one, if it may be and can be. Returns the write, {@code null} without one. */
    @Nullable
    WriteLatch hit(Read read, Lookup.Hit hit, Next next, Deadline deadline) {
        hits.increment();
        boolean isCopied = migration.isBackfilling() && hit.hasValue() && !hit.stale() && hit.hasLife();
        return isCopied
                ? next.write(new Write(
                        read.cache(),
                        Store.add(read.command().key(), hit.value(), hit.remainingLife()),
                        WritePolicy.NONE,
                        deadline))
                : null;
    }

    /** Returns that of a copy which nobody waits for. */
    Deadline backfillDeadline() {
        return Deadline.after(BACKFILL_TIMEOUT, ticker);
    }

    void missed() {
        misses.increment();
    }

    void failed() {
        failedReads.increment();
    }

    @Override
    public String toString() {
        return "MigrationInterceptor(" + old + ")";
    }
}
