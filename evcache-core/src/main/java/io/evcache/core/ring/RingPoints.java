package io.evcache.core.ring;

import java.util.Arrays;

/**
 * The points of a ring and whose they are. Finding the one that a hash belongs to takes two steps into memory, however many there are: the ring is cut into equal parts, at least as many as points, and for each it is known
 * where its points begin. Points that come from a good hash are spread so evenly that there are one or two to look at. Immutable.
 */
final class RingPoints {
    /** Each is a point in its upper half and the index of its owner in the lower one. The points are flipped in their top bit, so that their signed order is the unsigned one of the hashes. */
    private final long[] claims;

    /** For each part of the ring the index of the first claim that is not before it. */
    private final int[] begins;

    /** What is left of a hash that is shifted by so much is its part. */
    private final int shift;

    private RingPoints(long[] claims) {
        this.claims = claims;
        int parts = Math.max(2, Integer.highestOneBit(claims.length) << 1);
        this.shift = Integer.SIZE - Integer.numberOfTrailingZeros(parts);
        this.begins = new int[parts];
        int next = 0;
        for (int part = 0; part < parts; part++) {
            while (next < claims.length && point(next) >>> shift < part) {
                next++;
            }
            begins[part] = next;
        }
    }

    /**
     * Returns those of these claims.
     *
     * @param claims by {@link #claim}, at least one, in any order; where several claim a point, the one with the highest owner has it
     */
    static RingPoints of(long[] claims) {
        long[] sorted = claims.clone();
        Arrays.sort(sorted);
        int size = 0;
        for (int i = 0; i < sorted.length; i++) {
            boolean lastOfPoint = i + 1 == sorted.length || sorted[i] >> 32 != sorted[i + 1] >> 32;
            if (lastOfPoint) {
                sorted[size++] = sorted[i];
            }
        }
        return new RingPoints(Arrays.copyOf(sorted, size));
    }

    /**
     * Returns the claim of a point.
     *
     * @param owner not negative
     */
    static long claim(int point, int owner) {
        return (long) (point ^ Integer.MIN_VALUE) << 32 | owner;
    }

    int size() {
        return claims.length;
    }

    /** Returns the point at an index, in ascending unsigned order. */
    int point(int index) {
        return (int) (claims[index] >> 32) ^ Integer.MIN_VALUE;
    }

    int owner(int index) {
        return (int) claims[index];
    }

    /** Returns the index of the smallest point that is not below the hash, unsigned; after the last point comes the first. */
    int indexFor(int hash) {
        int wanted = hash ^ Integer.MIN_VALUE;
        int index = begins[hash >>> shift];
        while (index < claims.length && (int) (claims[index] >> 32) < wanted) {
            index++;
        }
        return index == claims.length ? 0 : index;
    }
}
