package io.evcache.replication.mutation;

import static java.util.Objects.requireNonNull;

import io.evcache.core.key.Key;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * One key was written in one region. Carries everything that another region needs to fetch and place the value, but not the value.
 *
 * @param operation what was done
 * @param key the exact key in memcached
 * @param version orders the writes of a key across regions; see {@link HybridClock}; above zero
 * @param expiresAt when the item ends, in seconds since 1970 by the writer's clock; 0 if it does not, for a delete, and where the writer does not know it: of what was extended, and of a write that perhaps no zone took
 * @param valueBytes the length of the value that was written, a hint for whoever plans memory; 0 for a delete, and where the writer does not know it: of a touch, and of what was extended
 * @param originRegion the region it was written in, 1 to {@value #MAX_NAME_BYTES} bytes
 * @param originZone the zone of the writer, 0 to {@value #MAX_NAME_BYTES} bytes; empty if unknown
 * @param missedZones the zones of that region that did not take the write, for certain or perhaps; where none certainly took it, only those that certainly did not; at most {@value #MAX_ZONES}
 */
public record Mutation(
        Operation operation,
        Key key,
        long version,
        long expiresAt,
        int valueBytes,
        String originRegion,
        String originZone,
        List<String> missedZones) {

    /** The longest name of a region or zone, in bytes of UTF-8. */
    public static final int MAX_NAME_BYTES = 100;

    /** The most zones that can be named. */
    public static final int MAX_ZONES = 32;

    /** The last second that fits 32 bits, in the year 2106. */
    public static final long MAX_EXPIRES_AT = 0xFFFF_FFFFL;

    /**
     * The name of the cache under which what arrived from another region is written: for a client's metrics, and for the interceptor that publishes, which leaves it out. No application can have a cache of this name, since it
     * holds a colon.
     */
    public static final String ARRIVED = "replication:arrived";

    /** What was done to the key. */
    public enum Operation {
        /** It has a new value. */
        SET,
        /** It was removed. */
        DELETE,
        /** Its life was changed. */
        TOUCH
    }

    public Mutation {
        requireNonNull(operation, "operation");
        requireNonNull(key, "key");
        missedZones = List.copyOf(missedZones);
        if (version <= 0) {
            throw new IllegalArgumentException("version must be above zero, was " + version);
        }
        if (expiresAt < 0 || expiresAt > MAX_EXPIRES_AT) {
            throw new IllegalArgumentException("expiry must be 0 to " + MAX_EXPIRES_AT + ", was " + expiresAt);
        }
        if (valueBytes < 0) {
            throw new IllegalArgumentException("value bytes must not be negative, were " + valueBytes);
        }
        if (missedZones.size() > MAX_ZONES) {
            throw new IllegalArgumentException("at most " + MAX_ZONES + " zones, were " + missedZones.size());
        }
        requireRegion(originRegion);
        requireZone(originZone);
        missedZones.forEach(zone -> requireName("zone", zone, 1));
    }

    /**
     * Returns the name, if a mutation can carry it as that of its region.
     *
     * @throws IllegalArgumentException if it has not 1 to {@value #MAX_NAME_BYTES} bytes
     */
    public static String requireRegion(String name) {
        return requireName("origin region", requireNonNull(name, "origin region"), 1);
    }

    /**
     * Returns the name, if a mutation can carry it as that of its writer's zone.
     *
     * @throws IllegalArgumentException if it has more than {@value #MAX_NAME_BYTES} bytes
     */
    public static String requireZone(String name) {
        return requireName("origin zone", requireNonNull(name, "origin zone"), 0);
    }

    /** Returns the key's bytes. Not a copy: do not modify them. */
    public byte[] keyBytes() {
        return key.bytes();
    }

    /** Returns when the write had settled, that is when all zones had answered or failed, in milliseconds since 1970 by the writer's clock. */
    public long writtenAtMillis() {
        return HybridClock.millis(version);
    }

    private static String requireName(String what, String name, int atLeast) {
        int length = name.getBytes(StandardCharsets.UTF_8).length;
        if (length < atLeast || length > MAX_NAME_BYTES) {
            throw new IllegalArgumentException(what + " must have " + atLeast + " to " + MAX_NAME_BYTES + " bytes, has "
                    + length + ": '" + name + "'");
        }
        return name;
    }
}
