package io.evcache.replication.relay;

import io.evcache.replication.mutation.Mutation;
import io.evcache.replication.mutation.Mutation.Operation;
import java.util.ArrayList;
import java.util.List;

/** One key to be shipped: the latest of its mutations, and the places of those that it covers. Confined to the relay's thread. */
final class Work {
    private final Item first;
    private Mutation mutation;
    private Item survivor;
    private final List<Item> covered = new ArrayList<>(0);
    private int attempts;
    private int uncertainReads;

    /** A mutation with the record that it came in. */
    record Item(Mutation mutation, Position position, SourceRecord origin) {}

    Work(Item item) {
        this.first = item;
        this.survivor = item;
        this.mutation = item.mutation();
    }

    /** Takes a later mutation of the same key in: it survives, and the one before is covered. */
    void absorb(Item later) {
        Mutation before = mutation;
        covered.add(survivor);
        survivor = later;
        // A touch says nothing about a key that was deleted before it: the deletion must not be lost.
        mutation = later.mutation().operation() == Operation.TOUCH && before.operation() == Operation.DELETE
                ? before
                : later.mutation();
    }

    /** Takes in what waited behind this. */
    void absorb(Work later) {
        for (Item item : later.covered) {
            absorb(item);
        }
        absorb(later.survivor);
    }

    Mutation mutation() {
        return mutation;
    }

    Item survivor() {
        return survivor;
    }

    List<Item> covered() {
        return covered;
    }

    /** When the oldest of the mutations was written. */
    long oldestWrittenAtMillis() {
        return first.mutation().writtenAtMillis();
    }

    int nextAttempt() {
        return attempts++;
    }

    int nextUncertainRead() {
        return ++uncertainReads;
    }
}
