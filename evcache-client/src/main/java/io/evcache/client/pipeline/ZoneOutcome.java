package io.evcache.client.pipeline;

import io.evcache.core.command.Reply;
import io.evcache.core.error.EvCacheException;
import org.jspecify.annotations.Nullable;

/**
 * What one zone made of a write.
 *
 * @param zone the name of the zone
 * @param status which of the outcomes it was
 * @param reply what the server answered; null unless it did
 * @param failure what prevented an answer; null unless something did
 */
public record ZoneOutcome(
        String zone,
        Status status,
        @Nullable Reply reply,
        @Nullable EvCacheException failure) {

    /** The outcomes that a caller must be able to tell apart. */
    public enum Status {
        /** No answer yet. */
        PENDING,
        /** Taken: stored, deleted (or nothing there to delete), touched; of a get, answered. */
        DONE,
        /** The server answered that the condition did not hold, or that there was no item. Nothing changed. */
        REFUSED,
        /** Certainly not applied: the node is down, overloaded, or answered with an error. */
        FAILED,
        /** The command left and no answer came, or an error that may be about another command that left with it; it may or may not be applied. */
        UNKNOWN,
        /** Not asked, because the zone that decides about the key refused, failed or did not answer. Nothing changed. */
        SKIPPED
    }
}
