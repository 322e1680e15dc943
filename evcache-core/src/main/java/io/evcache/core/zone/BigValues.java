package io.evcache.core.zone;

import io.evcache.core.error.InvalidConfiguration;
import io.evcache.core.transport.TransportConfig;
import java.util.ArrayList;
import java.util.List;

/**
 * How values that are too large for one item are stored in several.
 *
 * <p>A value of up to {@code chunkBytes} is one item, as without this. A larger one is cut into chunks of that length, which are spread over the zone's nodes
 * under keys of their own; a small manifest under the value's own key says where they are. Chunks of a value that was overwritten or removed stay
 * until their time to live ends or memcached needs their memory.
 *
 * @param chunkBytes the longest value in one item, 1 to 1 GiB; default the transport's {@code maxValueBytes}, which it must not exceed
 * @param maxTotalBytes the longest value at all, from {@code chunkBytes} to 4,096 times that; default 8 MiB. One such value is in memory twice while it is
 *     read or written
 */
public record BigValues(int chunkBytes, int maxTotalBytes) {

    /** What no manifest may exceed, whoever wrote it, so that a reader never sends more questions than this for one. */
    static final int MAX_CHUNKS = 4_096;

    private static final int DEFAULT_MAX_TOTAL_BYTES = 8 << 20;

    public BigValues {
        List<String> problems = new ArrayList<>();
        if (chunkBytes < 1 || chunkBytes > 1 << 30) {
            problems.add("chunkBytes must be from 1 to 1 GiB, was " + chunkBytes);
        } else if (maxTotalBytes < chunkBytes || maxTotalBytes > (long) MAX_CHUNKS * chunkBytes) {
            problems.add("maxTotalBytes must be from chunkBytes = " + chunkBytes + " to " + MAX_CHUNKS
                    + " times as much, was " + maxTotalBytes);
        }
        if (!problems.isEmpty()) {
            throw new InvalidConfiguration(problems);
        }
    }

    /** Returns the defaults for a transport of this configuration. */
    public static BigValues of(TransportConfig transport) {
        int chunkBytes = transport.maxValueBytes();
        return new BigValues(chunkBytes, Math.max(chunkBytes, DEFAULT_MAX_TOTAL_BYTES));
    }

    /** Returns this with another largest value. */
    public BigValues withMaxTotalBytes(int bytes) {
        return new BigValues(chunkBytes, bytes);
    }
}
