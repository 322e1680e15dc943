package io.evcache.replication.relay;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Gathers what is ready to leave until there is enough of it, or it has waited long enough. Confined to the relay's thread.
 *
 * @param <T> what is gathered
 */
final class Batcher<T> {
    private final int maxCount;
    private final int maxBytes;
    private final long maxAgeNanos;
    private List<T> open = new ArrayList<>();
    private int openBytes;
    private long openedAt;

    /**
     * Creates a batcher.
     *
     * @param maxAge how long the first of a batch waits for others
     */
    Batcher(int maxCount, int maxBytes, Duration maxAge) {
        this.maxCount = maxCount;
        this.maxBytes = maxBytes;
        this.maxAgeNanos = maxAge.toNanos();
    }

    /** Adds one. Returns the batches, none, one or two, that are complete with it; one that is larger than a batch may be is a batch of its own. */
    List<List<T>> add(T item, int bytes, long nowNanos) {
        List<List<T>> complete = new ArrayList<>(0);
        if (!open.isEmpty() && openBytes + bytes > maxBytes) {
            complete.add(take());
        }
        if (open.isEmpty()) {
            openedAt = nowNanos;
        }
        open.add(item);
        openBytes += bytes;
        if (open.size() >= maxCount || openBytes >= maxBytes) {
            complete.add(take());
        }
        return complete;
    }

    /** Returns how long until the open batch is due, zero or less if it is; {@link Long#MAX_VALUE} if there is none. */
    long nanosUntilDue(long nowNanos) {
        return open.isEmpty() ? Long.MAX_VALUE : maxAgeNanos - (nowNanos - openedAt);
    }

    /** Returns the open batch, whatever its size, and begins a new one. */
    List<T> take() {
        List<T> taken = open;
        open = new ArrayList<>();
        openBytes = 0;
        return taken;
    }
}
