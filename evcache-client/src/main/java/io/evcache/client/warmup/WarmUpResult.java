package io.evcache.client.warmup;

/**
 * How a warm-up ended.
 *
 * @param end why
 * @param progress the last
 */
public record WarmUpResult(End end, WarmUpProgress progress) {

    /** Why it ended. */
    public enum End {
        /** The target has the hit rate that was asked for. */
        HIT_RATE_REACHED,
        /** Every node of the source has named all it holds. */
        THROUGH,
        /** The same, but for nodes that could not be asked, or not to the end; or one of the zones has left the topology, the target is to be drained, or the client was closed. */
        INCOMPLETE,
        /** Somebody cancelled it. */
        CANCELLED
    }
}
