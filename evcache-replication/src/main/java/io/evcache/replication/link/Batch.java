package io.evcache.replication.link;

import java.util.List;

/**
 * Entries that travel and are acknowledged together.
 *
 * @param id chosen by the sender, different for each batch of a connection
 * @param originRegion where the entries were written
 * @param heldMillis how long ago the oldest value was read, up to the receipt as far as the sender can tell; 0 to 2^32 - 1
 */
public record Batch(long id, String originRegion, long heldMillis, List<BatchEntry> entries) implements Frame {
    public Batch {
        entries = List.copyOf(entries);
    }

    /** Returns the length of all entries on the wire. */
    public int bytes() {
        return bytes(entries);
    }

    static int bytes(List<BatchEntry> entries) {
        int bytes = 0;
        for (BatchEntry entry : entries) {
            bytes += entry.bytes();
        }
        return bytes;
    }

    @Override
    public String toString() {
        return "Batch(" + id + " from " + originRegion + ", " + entries.size() + " entries, " + bytes() + " bytes)";
    }
}
