package io.evcache.replication.kafka;

import io.evcache.replication.mutation.Mutation;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Mutations on their way from any thread to one, bounded in records and bytes. Offering is lock-free; what does not fit is refused, so the newest goes first. */
final class MutationQueue {
    /** What a mutation weighs besides its key: objects, version, names that it shares with others. */
    private static final int OVERHEAD_BYTES = 128;

    private final Queue<Mutation> queue = new ConcurrentLinkedQueue<>();
    private final AtomicInteger records = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();
    private final int maxRecords;
    private final long maxBytes;

    MutationQueue(int maxRecords, long maxBytes) {
        if (maxRecords < 1 || maxBytes < 1) {
            throw new IllegalArgumentException("queue must hold at least one record and one byte");
        }
        this.maxRecords = maxRecords;
        this.maxBytes = maxBytes;
    }

    boolean offer(Mutation mutation) {
        int weight = weight(mutation);
        if (records.incrementAndGet() > maxRecords) {
            records.decrementAndGet();
            return false;
        }
        if (bytes.addAndGet(weight) > maxBytes) {
            bytes.addAndGet(-weight);
            records.decrementAndGet();
            return false;
        }
        return queue.add(mutation);
    }

    @Nullable
    Mutation peek() {
        return queue.peek();
    }

    @Nullable
    Mutation poll() {
        Mutation mutation = queue.poll();
        if (mutation != null) {
            records.decrementAndGet();
            bytes.addAndGet(-weight(mutation));
        }
        return mutation;
    }

    boolean isEmpty() {
        return queue.isEmpty();
    }

    private static int weight(Mutation mutation) {
        return OVERHEAD_BYTES
                + mutation.keyBytes().length
                + 32 * mutation.missedZones().size();
    }
}
