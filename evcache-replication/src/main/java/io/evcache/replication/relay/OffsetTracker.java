package io.evcache.replication.relay;

import io.evcache.core.time.Ticker;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Knows which records have ended, and so up to where each partition may be committed: to the first record that has not.
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
    private int tracked;

    OffsetTracker(Ticker ticker) {
        this.ticker = ticker;
    }

    /** One partition during one stay: its records from the first unfinished one on. */
    private static final class Lane {
        final long epoch;
        final Deque<Slot> slots = new ArrayDeque<>();
        final Map<Long, Slot> open = new HashMap<>();
        long lowWater;
        /** Below this there is nothing that is not in the slots. */
        long resumedAt;

        boolean closing;

        Lane(long epoch, long position) {
            this.epoch = epoch;
            this.lowWater = position;
        }
    }

    private static final class Slot {
        final long offset;
        boolean ended;

        Slot(long offset) {
            this.offset = offset;
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
            lane.resumedAt = offset;
            raiseLowWater(lane);
        }
    }

    /** Notes a record. Returns null if the partition is not here, or on its way out; then the record is not counted. */
    synchronized @Nullable Position consumed(int partition, long offset) {
        Lane lane = lanes.get(partition);
        if (lane == null || lane.closing) {
            return null;
        }
        Slot last = lane.slots.peekLast();
        if (last != null ? offset <= last.offset : offset < lane.lowWater) {
            throw new IllegalStateException(
                    "offset " + offset + " of partition " + partition + " comes after a higher one");
        }
        Slot slot = new Slot(offset);
        lane.slots.add(slot);
        lane.open.put(offset, slot);
        tracked++;
        consumed++;
        return new Position(partition, lane.epoch, offset);
    }

    /** Notes how a record ended. Does nothing for a record of an earlier stay, or one that has ended. Returns whether it was noted. */
    synchronized boolean ended(Position position, Outcome outcome) {
        Lane lane = lanes.get(position.partition());
        Slot slot = lane == null || lane.epoch != position.epoch() ? null : lane.open.remove(position.offset());
        if (lane == null || slot == null) {
            return false;
        }
        slot.ended = true;
        outcomes.merge(outcome, 1L, Long::sum);
        raiseLowWater(lane);
        if (lane.open.isEmpty()) {
            notifyAll();
        }
        return true;
    }

    private void raiseLowWater(Lane lane) {
        Slot first = lane.slots.peekFirst();
        while (first != null && first.ended) {
            lane.slots.remove();
            tracked--;
            lane.lowWater = first.offset + 1;
            first = lane.slots.peekFirst();
        }
        // Offsets may have holes: up to the next record that is known, nothing is left to do.
        lane.lowWater = Math.max(lane.lowWater, first == null ? lane.resumedAt : first.offset);
    }

    /** Returns whether the record's partition is still in the stay in which it was consumed. */
    synchronized boolean isHere(Position position) {
        Lane lane = lanes.get(position.partition());
        return lane != null && lane.epoch == position.epoch();
    }

    /** Returns the offset of the first record that has not ended, or of the next to come, by partition. */
    synchronized Map<Integer, Long> committable() {
        Map<Integer, Long> offsets = new TreeMap<>();
        lanes.forEach((partition, lane) -> offsets.put(partition, lane.lowWater));
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
            tracked -= lane.slots.size();
        }
    }

    /** Returns how many records are kept: those that have not ended, and those behind them. */
    synchronized int tracked() {
        return tracked;
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
