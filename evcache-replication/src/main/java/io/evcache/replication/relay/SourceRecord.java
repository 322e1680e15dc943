package io.evcache.replication.relay;

import org.jspecify.annotations.Nullable;

/**
 * One record of the log, as bytes.
 *
 * @param key null if the record has none
 * @param value null if the record has none
 */
@SuppressWarnings("ArrayRecordComponent") // bytes on their way from one library to the next, never compared
public record SourceRecord(int partition, long offset, byte @Nullable [] key, byte @Nullable [] value) {
    @Override
    public String toString() {
        return partition + "@" + offset;
    }
}
