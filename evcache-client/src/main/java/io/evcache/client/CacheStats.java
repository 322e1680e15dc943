package io.evcache.client;

import java.time.Duration;

/**
 * How calls have ended, since the client was built or between two such counts. Each key of a bulk read is a read; what a near cache answered is none, as memcached was not asked: see {@link EvCache#nearStats}. Not one instant: calls that end while it is taken may be in some of the numbers.
 *
 * <p>What a cache-aside with leases asks to find out who loads, and whether another has loaded yet, is not counted: such a miss is one miss.
 *
 * @param hits reads that were answered with a value
 * @param misses reads that were answered, with nothing
 * @param readFailures reads that no zone answered
 * @param fallbacks reads that needed more than the first zone, however they were answered
 * @param puts values that as many zones have taken as the policy asks
 * @param removals deletes of which the same is true
 * @param otherWrites touches and counts of which the same is true
 * @param unmetWrites writes of any kind whose policy was not met, an {@code add} of what exists included
 * @param readNanos what all reads took together
 * @param writeNanos what all writes took together until they were decided
 */
public record CacheStats(
        long hits,
        long misses,
        long readFailures,
        long fallbacks,
        long puts,
        long removals,
        long otherWrites,
        long unmetWrites,
        long readNanos,
        long writeNanos) {

    /** Nothing has happened. */
    public static final CacheStats EMPTY = new CacheStats(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    /** Returns how many reads have ended. */
    public long reads() {
        return hits + misses + readFailures;
    }

    /** Returns how many writes have been decided. */
    public long writes() {
        return puts + removals + otherWrites + unmetWrites;
    }

    /** Returns the part of the answered reads that were hits, from 0 to 1; 1 if none was answered. */
    public double hitRate() {
        long answered = hits + misses;
        return answered == 0 ? 1 : (double) hits / answered;
    }

    /** Returns the part of all reads that no zone answered, from 0 to 1. */
    public double failureRate() {
        return reads() == 0 ? 0 : (double) readFailures / reads();
    }

    /** Returns the time an average read took; zero if there was none. */
    public Duration averageRead() {
        return Duration.ofNanos(reads() == 0 ? 0 : readNanos / reads());
    }

    /** Returns the time an average write took until it was decided; zero if there was none. */
    public Duration averageWrite() {
        return Duration.ofNanos(writes() == 0 ? 0 : writeNanos / writes());
    }

    /** Returns what has happened since {@code earlier}; numbers below zero become zero. */
    public CacheStats minus(CacheStats earlier) {
        return new CacheStats(
                Math.max(0, hits - earlier.hits),
                Math.max(0, misses - earlier.misses),
                Math.max(0, readFailures - earlier.readFailures),
                Math.max(0, fallbacks - earlier.fallbacks),
                Math.max(0, puts - earlier.puts),
                Math.max(0, removals - earlier.removals),
                Math.max(0, otherWrites - earlier.otherWrites),
                Math.max(0, unmetWrites - earlier.unmetWrites),
                Math.max(0, readNanos - earlier.readNanos),
                Math.max(0, writeNanos - earlier.writeNanos));
    }

    /** Returns both together. */
    public CacheStats plus(CacheStats other) {
        return new CacheStats(
                hits + other.hits,
                misses + other.misses,
                readFailures + other.readFailures,
                fallbacks + other.fallbacks,
                puts + other.puts,
                removals + other.removals,
                otherWrites + other.otherWrites,
                unmetWrites + other.unmetWrites,
                readNanos + other.readNanos,
                writeNanos + other.writeNanos);
    }
}
