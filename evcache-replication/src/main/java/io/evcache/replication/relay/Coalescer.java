package io.evcache.replication.relay;

import io.evcache.core.key.Key;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One lane per key: at most one work of a key is under way, and whatever arrives meanwhile becomes one work behind it. Work that waits for its turn, because
 * others come first or the link is down, keeps absorbing later mutations of its key; so the window is the time that a key waits anyway, and no
 * timer is needed.
 *
 * <p>Confined to the relay's thread. Holds one entry per key that waits or is under way.
 */
final class Coalescer {
    private final Consumer<Work.Item> covered;
    private final Map<Key, Lane> lanes = new HashMap<>();
    private final Deque<Lane> ready = new ArrayDeque<>();

    private static final class Lane {
        /** What waits for its turn, here or behind {@link #underWay}. */
        @Nullable
        Work waiting;

        @Nullable
        Work underWay;
    }

    /**
     * Creates a coalescer.
     *
     * @param covered takes what needs not be shipped any more, since a later mutation of its key will be
     */
    Coalescer(Consumer<Work.Item> covered) {
        this.covered = covered;
    }

    /** Adds a mutation to its key's lane. */
    void offer(Work.Item item) {
        Lane lane = lanes.computeIfAbsent(item.mutation().key(), key -> new Lane());
        if (lane.waiting != null) {
            lane.waiting.absorb(item);
            return;
        }
        lane.waiting = new Work(item, covered);
        if (lane.underWay == null) {
            ready.add(lane);
        }
    }

    /** Returns the work whose key has waited longest, which is under way from now on; null if none waits. */
    @Nullable
    Work next() {
        Lane lane = ready.poll();
        if (lane == null || lane.waiting == null) {
            return null;
        }
        Work work = lane.waiting;
        lane.underWay = work;
        lane.waiting = null;
        return work;
    }

    /** The work has ended: what waited behind it is ready. */
    void ended(Work work) {
        Lane lane = laneOf(work);
        lane.underWay = null;
        if (lane.waiting == null) {
            lanes.remove(work.mutation().key());
        } else {
            ready.add(lane);
        }
    }

    /** The work is to be done again: it takes in what waited behind it and is ready once more, at the end of the queue. */
    void again(Work work) {
        Lane lane = laneOf(work);
        waitsIn(lane, work);
        lane.underWay = null;
        ready.add(lane);
    }

    /** Returns the deletion that the work covers, which is under way in its place; the work takes in what waited behind it, and waits. Null, and nothing has changed, if it covers none. */
    @Nullable
    Work deletionFirst(Work work) {
        Lane lane = laneOf(work);
        Work deletion = work.partWithDeletion();
        if (deletion != null) {
            waitsIn(lane, work);
            lane.underWay = deletion;
        }
        return deletion;
    }

    private Lane laneOf(Work work) {
        Lane lane = lanes.get(work.mutation().key());
        if (lane == null || lane.underWay != work) {
            throw new IllegalStateException("work of " + work.mutation().key() + " is not under way");
        }
        return lane;
    }

    private static void waitsIn(Lane lane, Work work) {
        if (lane.waiting != null) {
            work.absorb(lane.waiting);
        }
        lane.waiting = work;
    }

    /** Returns whether some work is ready. */
    boolean hasReady() {
        return !ready.isEmpty();
    }

    /** Returns how many keys wait or are under way. */
    int keys() {
        return lanes.size();
    }
}
