package io.evcache.replication.relay;

import io.evcache.core.time.Backoff;
import io.evcache.replication.link.LinkConfig;
import java.time.Duration;
import java.util.List;

/**
 * How a relay works.
 *
 * @param region its own: the origin of the mutations that it ships
 * @param zones all of its region, those to read from first in front: a value is read only where its write was taken. Empty reads from all in the client's order, also
 *     from one that missed the write and may answer the value before it
 * @param readTimeout for one read across all zones
 * @param batchCount the most entries of a batch
 * @param batchBytes a batch leaves when it has so many; a larger value goes alone
 * @param batchAge how long the first entry of a batch waits for others
 * @param maxUnderWay the most keys that are being read or shipped at once
 * @param maxBytesUnderWay the most bytes of values that are being read or shipped at once; a value whose writer did not know its length counts as the longest until it is read
 * @param maxRecords the most records that are consumed and not finished; then the source pauses. What has ended behind one that has not does not count, and is read again after a restart
 * @param maxValueBytes longer values are skipped
 * @param minRemainingTtl items with a shorter life left are skipped
 * @param retry the pause before something is tried again
 * @param maxItemAge how long something is tried before it becomes a dead letter; time without a connection does not count
 */
public record RelayConfig(
        String region,
        List<String> zones,
        Duration readTimeout,
        int batchCount,
        int batchBytes,
        Duration batchAge,
        int maxUnderWay,
        long maxBytesUnderWay,
        int maxRecords,
        int maxValueBytes,
        Duration minRemainingTtl,
        Backoff retry,
        Duration maxItemAge) {

    public RelayConfig {
        zones = List.copyOf(zones);
        if (region.isBlank()) {
            throw new IllegalArgumentException("region must not be blank");
        }
        if (batchCount < 1 || batchBytes < 1 || maxUnderWay < 1 || maxBytesUnderWay < 1 || maxRecords < 1) {
            throw new IllegalArgumentException("limits must be at least 1");
        }
        if (maxValueBytes < 1 || batchBytes + (long) maxValueBytes > LinkConfig.MAX_FRAME_BYTES - 1024) {
            throw new IllegalArgumentException("a batch of " + batchBytes + " bytes and a value of " + maxValueBytes
                    + " do not fit a frame of " + LinkConfig.MAX_FRAME_BYTES);
        }
        if (readTimeout.isZero() || readTimeout.isNegative()) {
            throw new IllegalArgumentException("readTimeout must be more than 0, was " + readTimeout);
        }
        if (minRemainingTtl.toSeconds() < 1) {
            throw new IllegalArgumentException("the shortest life must be 1 s or more, was " + minRemainingTtl);
        }
    }

    /**
     * Returns the defaults: read 500 ms; batches of 512 entries, 512 KiB, 5 ms; 4,096 keys and 64 MiB under way; 65,536 records; values up to 2 MiB with 2 s
     * left; retries after up to 50 ms to 5 s, for 6 hours.
     */
    public static RelayConfig of(String region, List<String> zones) {
        return new RelayConfig(
                region,
                zones,
                Duration.ofMillis(500),
                512,
                512 << 10,
                Duration.ofMillis(5),
                4_096,
                64L << 20,
                65_536,
                2 << 20,
                Duration.ofSeconds(2),
                new Backoff(Duration.ofMillis(50), Duration.ofSeconds(5)),
                Duration.ofHours(6));
    }

    /** Returns this with another time-out of reads; a value that takes longer to read is tried again later. */
    public RelayConfig withReadTimeout(Duration timeout) {
        return new RelayConfig(
                region,
                zones,
                timeout,
                batchCount,
                batchBytes,
                batchAge,
                maxUnderWay,
                maxBytesUnderWay,
                maxRecords,
                maxValueBytes,
                minRemainingTtl,
                retry,
                maxItemAge);
    }

    /** Returns this with other batches. */
    public RelayConfig withBatches(int count, int bytes, Duration age) {
        return new RelayConfig(
                region,
                zones,
                readTimeout,
                count,
                bytes,
                age,
                maxUnderWay,
                maxBytesUnderWay,
                maxRecords,
                maxValueBytes,
                minRemainingTtl,
                retry,
                maxItemAge);
    }

    /** Returns this with other limits of what is consumed and under way. */
    public RelayConfig withLimits(int records, int keysUnderWay, long bytesUnderWay) {
        return new RelayConfig(
                region,
                zones,
                readTimeout,
                batchCount,
                batchBytes,
                batchAge,
                keysUnderWay,
                bytesUnderWay,
                records,
                maxValueBytes,
                minRemainingTtl,
                retry,
                maxItemAge);
    }

    /** Returns this with another limit of the length of a value. */
    public RelayConfig withMaxValueBytes(int bytes) {
        return new RelayConfig(
                region,
                zones,
                readTimeout,
                batchCount,
                batchBytes,
                batchAge,
                maxUnderWay,
                maxBytesUnderWay,
                maxRecords,
                bytes,
                minRemainingTtl,
                retry,
                maxItemAge);
    }

    /** Returns this with other retries. */
    public RelayConfig withRetries(Backoff backoff, Duration itemAge) {
        return new RelayConfig(
                region,
                zones,
                readTimeout,
                batchCount,
                batchBytes,
                batchAge,
                maxUnderWay,
                maxBytesUnderWay,
                maxRecords,
                maxValueBytes,
                minRemainingTtl,
                backoff,
                itemAge);
    }
}
