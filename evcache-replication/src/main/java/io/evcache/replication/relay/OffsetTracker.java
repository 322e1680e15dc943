package io.evcache.replication.relay;

import io.evcache.core.time.Ticker;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Knows which records have ended, and so up to where each partition may be committed: to the first record that has not. Keeps only those that have not, in the
 * order of their offsets, so that one which takes long does not have all behind it kept.
 *
 * <p>Keeps the books as well: every record that {@link #consumed} was called for is in flight or has exactly one {@link Outcome}. Guarded by this, never for longer
 * than a few steps.
 */
final class OffsetTracker {
    private final Ticker ticker;
    private final Map<Integer, Lane> lanes = new HashMap<>();
    private final Map<Outcome, Long> outcomes = new EnumMap<>(Outcome.class);
    private long consumed;
    private long nextEpoch = 1;

    OffsetTracker(Ticker ticker) {
        this.ticker = ticker;
    }

    /** One partition during one stay. */
    private static final class Lane {
        final long epoch;
        /** Ascending, since records come so. */
        final Set<Long> open = new LinkedHashSet<>();
        /** No record that is yet to come has a lower offset. */
        long next;

        boolean closing;

        Lane(long epoch, long position) {
            this.epoch = epoch;
            this.next = position;
        }

        long lowWater() {
            return open.isEmpty() ? next : open.iterator().next();
        }
    }

    /** Begins a stay of the partition. */
    synchronized void assigned(int partition, long position) {
        abandon(partition);
        lanes.put(partition, new Lane(nextEpoch++, position));
    }

    /** Everything between the last record of the partition and this offset is gone. */
    synchronized void resumed(int partition, long offset) {
        Lane lane = lanes.get(partition);
        if (lane != null) {
            lane.next = Math.max(lane.next, offset);
        }
    }

    /** Notes a record. Returns null if the partition is not here, or on its way out; then the record is not counted. */
    synchronized @Nullable Position consumed(int partition, long offset) {
        Lane lane = lanes.get(partition);
        if (lane == null || lane.closing) {
            return null;
        }
        if (offset < lane.next) {
            throw new IllegalStateException(
                    "offset " + offset + " of partition " + partition + " comes after a higher one");
        }
        lane.open.add(offset);
        lane.next = offset + 1;
        consumed++;
        return new Position(partition, lane.epoch, offset);
    }

    /** Notes how a record ended. Does nothing for a record of an earlier stay, or one that has ended. Returns whether it was noted. */
    synchronized boolean ended(Position position, Outcome outcome) {
        Lane lane = lanes.get(position.partition());
        if (lane == null || lane.epoch != position.epoch() || !lane.open.remove(position.offset())) {
            return false;
        }
        outcomes.merge(outcome, 1L, Long::sum);
        if (lane.open.isEmpty()) {
            notifyAll();
        }
        return true;
    }

    /** Returns whether the record's partition is still in the stay in which it was consumed. */
    synchronized boolean isHere(Position position) {
        Lane lane = lanes.get(position.partition());
        return lane != null && lane.epoch == position.epoch();
    }

    /** Returns the offset of the first record that has not ended, or of the next to come, by partition. */
    synchronized Map<Integer, Long> committable() {
        Map<Integer, Long> offsets = new TreeMap<>();
        lanes.forEach((partition, lane) -> offsets.put(partition, lane.lowWater()));
        return offsets;
    }

    /** Refuses further records of these partitions and waits until the others have ended, at most so long. */
    synchronized void closing(Set<Integer> partitions, Duration atMost) {
        partitions.stream().map(lanes::get).forEach(lane -> {
            if (lane != null) {
                lane.closing = true;
            }
        });
        long start = ticker.nanos();
        long left = atMost.toNanos();
        while (left > 0 && hasOpen(partitions)) {
            try {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
            left = atMost.toNanos() - (ticker.nanos() - start);
        }
    }

    private boolean hasOpen(Set<Integer> partitions) {
        for (int partition : partitions) {
            Lane lane = lanes.get(partition);
            if (lane != null && !lane.open.isEmpty()) {
                return true;
            }
        }
        return false;
    }

    /** Ends the stay of the partitions. */
    synchronized void revoked(Set<Integer> partitions) {
        partitions.forEach(this::abandon);
    }

    private void abandon(int partition) {
        Lane lane = lanes.remove(partition);
        if (lane != null) {
            outcomes.merge(Outcome.ABANDONED, (long) lane.open.size(), Long::sum);
        }
    }

    /** Returns how many records have not ended. */
    synchronized int open() {
        return lanes.values().stream().mapToInt(lane -> lane.open.size()).sum();
    }

    /** Returns one consistent reading of the books. */
    synchronized Books books() {
        long ended = outcomes.values().stream().mapToLong(Long::longValue).sum();
        return new Books(consumed, Map.copyOf(outcomes), consumed - ended);
    }

    /** How many were consumed, how many ended in which way, and how many have not. */
    record Books(long consumed, Map<Outcome, Long> outcomes, long inFlight) {
        long count(Outcome outcome) {
            return outcomes.getOrDefault(outcome, 0L);
        }
    }
}
