package io.evcache.client.load;

import org.jspecify.annotations.Nullable;

/**
 * A value that is still to be written, and what has happened to it and to those that it replaced.
 *
 * @param dueAt when it is to be written at the latest, in a batch; before which it is not to be, alone
 * @param failedAt when this value failed first; null if it has not
 * @param troubleAt when the first of them all failed; null if none has
 * @param refusals how often they failed while others were written
 */
record Unwritten<V>(
        V value,
        long dueAt,
        @Nullable Long failedAt,
        @Nullable Long troubleAt,
        int refusals) {

    static <V> Unwritten<V> of(V value, long dueAt) {
        return new Unwritten<>(value, dueAt, null, null, 0);
    }

    /** Returns the newer value in the place of this one. It has its own time until it is given up. */
    Unwritten<V> replacedBy(V newer) {
        return new Unwritten<>(newer, dueAt, null, troubleAt, refusals);
    }

    Unwritten<V> failed(long now) {
        return new Unwritten<>(
                value, dueAt, failedAt == null ? now : failedAt, troubleAt == null ? now : troubleAt, refusals);
    }

    Unwritten<V> refused(long retryAt) {
        return new Unwritten<>(value, retryAt, failedAt, troubleAt, refusals + 1);
    }

    boolean hasFailedFor(long nanos, long now) {
        return failedAt != null && now - failedAt >= nanos;
    }

    boolean wasInTroubleBefore(long time) {
        return troubleAt != null && troubleAt - time < 0;
    }
}
