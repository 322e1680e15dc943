package io.evcache.replication.relay;

import io.evcache.replication.mutation.Mutation;
import io.evcache.replication.mutation.Mutation.Operation;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One key to be shipped: the latest of its mutations, and the places of those that it covers. Confined to the relay's thread. */
final class Work {
    private Item survivor;
    /** The last deletion among what is covered: what other regions need to hear if the survivor cannot be shipped. Null if the survivor is one itself. */
    private @Nullable Item deletion;

    private final List<Item> covered = new ArrayList<>(0);
    private int attempts;
    private int uncertainReads;
    private @Nullable Long triedSince;

    /** A mutation with the record that it came in. */
    record Item(Mutation mutation, Position position, SourceRecord origin) {
        boolean isDeletion() {
            return mutation.operation() == Operation.DELETE;
        }
    }

    Work(Item item) {
        this.survivor = item;
    }

    /** Takes a later mutation of the same key in: it survives, and the one before is covered. */
    void absorb(Item later) {
        if (later.isDeletion()) {
            deletion = null;
        } else if (survivor.isDeletion()) {
            deletion = survivor;
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

    /** Gives the survivor up: the deletion that it covers survives in its place. Returns whether there is one; otherwise nothing has changed. */
    boolean fallBackToDeletion() {
        if (deletion == null) {
            return false;
        }
        covered.remove(deletion);
        survivor = deletion;
        deletion = null;
        triedSince = null;
        return true;
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
