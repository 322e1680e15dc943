package io.evcache.replication.relay;

import io.evcache.replication.mutation.Mutation;
import io.evcache.replication.mutation.Mutation.Operation;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One key to be shipped: the latest of its mutations, which covers those before it. What is covered has ended, since the latest has a place in the log of its
 * own, and ships whatever the key has by then; but a deletion is kept until its successor is shipped or turns out not to be readable now. Confined to the relay's thread.
 */
final class Work {
    private final Consumer<Item> covered;
    private Item survivor;
    /** The last deletion among what is covered: what other regions need to hear if the survivor cannot be shipped. Null if the survivor is one itself. */
    private @Nullable Item deletion;

    private int attempts;
    private int uncertainReads;
    private @Nullable Long triedSince;

    /** A mutation with the record that it came in. */
    record Item(Mutation mutation, Position position, SourceRecord origin) {
        boolean isDeletion() {
            return mutation.operation() == Operation.DELETE;
        }
    }

    /**
     * Creates work.
     *
     * @param covered takes what needs not be shipped any more
     */
    Work(Item item, Consumer<Item> covered) {
        this.survivor = item;
        this.covered = covered;
    }

    /** Takes a later mutation of the same key in: it survives, and the one before is covered. */
    void absorb(Item later) {
        if (later.isDeletion() && deletion != null) {
            covered.accept(deletion);
            deletion = null;
        }
        if (survivor.isDeletion() && !later.isDeletion()) {
            deletion = survivor;
        } else {
            covered.accept(survivor);
        }
        survives(later);
    }

    /** Takes in what waited behind this, with how often and since when that was tried. */
    void absorb(Work later) {
        later.deletion().ifPresent(this::absorb);
        absorb(later.survivor);
        attempts = Math.max(attempts, later.attempts);
        uncertainReads = later.uncertainReads;
        triedSince = later.triedSince;
    }

    Mutation mutation() {
        return survivor.mutation();
    }

    /** Gives the survivor up: the deletion that it covers survives in its place. Returns whether there is one; otherwise nothing has changed. */
    boolean fallBackToDeletion() {
        if (deletion == null) {
            return false;
        }
        survives(deletion);
        deletion = null;
        return true;
    }

    /** Parts with the deletion that the survivor covers, which is work of its own from now on; null if there is none. It counts as tried as long as this. */
    @Nullable
    Work partWithDeletion() {
        if (deletion == null) {
            return null;
        }
        Work alone = new Work(deletion, covered);
        alone.attempts = attempts;
        alone.triedSince = triedSince;
        deletion = null;
        return alone;
    }

    Item survivor() {
        return survivor;
    }

    /** Returns the deletion that the survivor covers. */
    Optional<Item> deletion() {
        return Optional.ofNullable(deletion);
    }

    /** Returns since when the survivor has been tried: since now, if it has not. */
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

    /** It is tried as often and as long as any other. Only the pauses go on to grow: they spare whoever could not serve the one before. */
    private void survives(Item item) {
        survivor = item;
        uncertainReads = 0;
        triedSince = null;
    }
}
