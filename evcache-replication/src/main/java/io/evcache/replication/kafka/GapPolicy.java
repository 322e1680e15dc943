package io.evcache.replication.kafka;

/** What a relay does when the records it would read next are gone: retention has passed it by, or the topic was made anew. */
public enum GapPolicy {
    /** Goes on with the oldest record that there is. The default: loses least. */
    EARLIEST,
    /** Goes on with what is written from now on. */
    LATEST,
    /** Reads no more of the partition until the relay is restarted with another policy. */
    STOP
}
