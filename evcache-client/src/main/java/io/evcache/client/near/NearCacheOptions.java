package io.evcache.client.near;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * How much a near cache keeps, and for how long. Immutable: each method returns changed options.
 *
 * <p>What was written by somebody else is seen after {@link #expireAfterWrite} at the latest, or, if {@link #expireAfterWriteWithFeed} is set and a feed tells of the writes of others, as soon as they are heard of.
 */
public final class NearCacheOptions {
    private static final Duration DEFAULT_LIFE = Duration.ofSeconds(2);
    private static final Duration SHORTEST_LIFE = Duration.ofMillis(1);
    private static final Duration LONGEST_LIFE = Duration.ofDays(1);
    private static final double DEFAULT_JITTER = 0.10;

    private final long maximumSize;
    private final long maximumBytes;
    private final Duration life;
    private final Duration lifeWithFeed;
    private final double jitter;
    private final boolean hotKeysOnly;

    private NearCacheOptions(
            long maximumSize,
            long maximumBytes,
            Duration life,
            Duration lifeWithFeed,
            double jitter,
            boolean hotKeysOnly) {
        this.maximumSize = maximumSize;
        this.maximumBytes = maximumBytes;
        this.life = life;
        this.lifeWithFeed = lifeWithFeed;
        this.jitter = jitter;
        this.hotKeysOnly = hotKeysOnly;
    }

    /**
     * Keeps at most so many values.
     *
     * @throws IllegalArgumentException unless it is at least 1
     */
    public static NearCacheOptions ofSize(long maximumSize) {
        requireAtLeastOne("maximumSize", maximumSize);
        return new NearCacheOptions(maximumSize, 0, DEFAULT_LIFE, DEFAULT_LIFE, DEFAULT_JITTER, false);
    }

    /**
     * Keeps values of at most so many bytes together, as they are encoded in memcached and with their keys. Decoded they may take several times as much heap.
     *
     * @throws IllegalArgumentException unless it is at least 1
     */
    public static NearCacheOptions ofBytes(long maximumBytes) {
        requireAtLeastOne("maximumBytes", maximumBytes);
        return new NearCacheOptions(0, maximumBytes, DEFAULT_LIFE, DEFAULT_LIFE, DEFAULT_JITTER, false);
    }

    /**
     * Sets how long a value is served after it was asked from memcached. Default: 2 seconds.
     *
     * @param life from 1 ms to 1 day
     * @throws IllegalArgumentException if it is not that
     */
    public NearCacheOptions expireAfterWrite(Duration life) {
        requireLife("expireAfterWrite", life);
        boolean together = lifeWithFeed.equals(this.life);
        return new NearCacheOptions(
                maximumSize, maximumBytes, life, together ? life : lifeWithFeed, jitter, hotKeysOnly);
    }

    /**
     * Sets how long a value is served while a feed tells of the writes of others, and so the longest that a write which the feed never heard of stays unseen. As soon as the feed falls silent or behind, {@link #expireAfterWrite} holds again,
     * also for what is there already. Default: the same as {@link #expireAfterWrite}.
     *
     * @param life from 1 ms to 1 day
     * @throws IllegalArgumentException if it is not that
     */
    public NearCacheOptions expireAfterWriteWithFeed(Duration life) {
        requireLife("expireAfterWriteWithFeed", life);
        return new NearCacheOptions(maximumSize, maximumBytes, this.life, life, jitter, hotKeysOnly);
    }

    /**
     * Shortens each life by up to this share, differently for each value, so that what was read together is not read again together. Default: 0.10.
     *
     * @param share from 0, none, to less than 1
     * @throws IllegalArgumentException if it is not that
     */
    public NearCacheOptions jitter(double share) {
        if (!(share >= 0 && share < 1)) {
            throw new IllegalArgumentException("jitter must be from 0 to less than 1, was " + share);
        }
        return new NearCacheOptions(maximumSize, maximumBytes, life, lifeWithFeed, share, hotKeysOnly);
    }

    /** Keeps only keys that are hot at the moment they are read; see {@link HotKeys}. For caches of which a few keys get much of the load and all others should always be fresh. Default: all keys. */
    public NearCacheOptions hotKeysOnly() {
        return new NearCacheOptions(maximumSize, maximumBytes, life, lifeWithFeed, jitter, true);
    }

    /** Returns whether only hot keys are kept. */
    public boolean isHotKeysOnly() {
        return hotKeysOnly;
    }

    long maximumSize() {
        return maximumSize;
    }

    long maximumBytes() {
        return maximumBytes;
    }

    long lifeNanos() {
        return life.toNanos();
    }

    long lifeWithFeedNanos() {
        return lifeWithFeed.toNanos();
    }

    double jitter() {
        return jitter;
    }

    private static void requireAtLeastOne(String what, long was) {
        if (was < 1) {
            throw new IllegalArgumentException(what + " must be at least 1, was " + was);
        }
    }

    private static void requireLife(String what, Duration life) {
        requireNonNull(life, what);
        if (life.compareTo(SHORTEST_LIFE) < 0 || life.compareTo(LONGEST_LIFE) > 0) {
            throw new IllegalArgumentException(what + " must be from 1 ms to 1 day, was " + life);
        }
    }

    @Override
    public String toString() {
        return "NearCache(" + (maximumSize > 0 ? maximumSize + " values" : maximumBytes + " bytes")
                + (hotKeysOnly ? " of hot keys" : "") + ", for " + life
                + (lifeWithFeed.equals(life) ? "" : " or, with a feed, " + lifeWithFeed) + ", jitter " + jitter + ")";
    }
}
