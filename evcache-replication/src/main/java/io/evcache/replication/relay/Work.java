package io.evcache.replication.relay;

import io.evcache.replication.mutation.Mutation;
import io.evcache.replication.mutation.Mutation.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One key to be shipped: the latest of its mutations, and the places of those that it covers. Confined to the relay's thread. */
final class Work {
    private Item survivor;
    /** The last deletion among what is covered: what other regions need to hear if the survivor has nothing to ship. */
    private @Nullable Mutation deletion;

    private final List<Item> covered = new ArrayList<>(0);
    private int attempts;
    private int uncertainReads;
    private @Nullable Long triedSince;

    /** A mutation with the record that it came in. */
    record Item(Mutation mutation, Position position, SourceRecord origin) {}

    Work(Item item) {
        this.survivor = item;
    }

    /** Takes a later mutation of the same key in: it survives, and the one before is covered. */
    void absorb(Item later) {
        if (mutation().operation() == Operation.DELETE) {
            deletion = mutation();
        }
        covered.add(survivor);
        survivor = later;
    }

    /** Takes in what waited behind this. */
    void absorb(Work later) {
        for (Item item : later.covered) {
            absorb(item);
        }
        absorb(later.survivor);
    }

    Mutation mutation() {
        return survivor.mutation();
    }

    /** Returns the deletion that the survivor covers, if there is one: without a value in its place it must not be lost. */
    Optional<Mutation> coveredDeletion() {
        return Optional.ofNullable(deletion);
    }

    Item survivor() {
        return survivor;
    }

    List<Item> covered() {
        return covered;
    }

    /** Returns since when it has been tried: since now, if it has not. */
    long triedSince(long nowNanos) {
        if (triedSince == null) {
            triedSince = nowNanos;
        }
        return triedSince;
    }

    int nextAttempt() {
        return attempts++;
    }

    int nextUncertainRead() {
        return ++uncertainReads;
    }
}
