package io.evcache.replication.publish;

/**
 * What became of mutations, since the publisher was made. {@code published = acked + failed + pending}, and what was dropped comes on top.
 *
 * @param published taken into the queue
 * @param acked confirmed by the log: from here on nothing is lost
 * @param failed taken, but not confirmed within the time allowed, or still queued at the end; lost unless the log has them all the same
 * @param droppedFull refused because the queue was full of records or bytes; lost
 * @param droppedClosed refused because the publisher was closed; lost
 * @param pending taken and neither confirmed nor failed
 */
public record PublisherStats(
        long published, long acked, long failed, long droppedFull, long droppedClosed, long pending) {

    /** Returns how many mutations other regions will not hear of. */
    public long lost() {
        return failed + droppedFull + droppedClosed;
    }
}
