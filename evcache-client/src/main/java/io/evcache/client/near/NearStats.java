package io.evcache.client.near;

/**
 * What a near cache has done since it was made. Counted without locks: figures taken at the same time may be of slightly different instants.
 *
 * @param hits reads answered without memcached
 * @param misses reads that went on to memcached
 * @param kept values that were put here
 * @param outdated values that were not put here, because the key was written, or everything cleared, since they were asked for
 * @param invalidated values that were taken out because of a write, here or heard of
 * @param cleared how often everything was dropped: each time a feed begins, or begins again
 * @param size how many values there are, roughly; some may have had their time
 * @param fed whether a feed tells of the writes of others at the moment
 */
public record NearStats(
        long hits, long misses, long kept, long outdated, long invalidated, long cleared, long size, boolean fed) {

    /** Returns the share of reads that were answered here, from 0 to 1; 0 before the first. */
    public double hitRate() {
        long reads = hits + misses;
        return reads == 0 ? 0 : (double) hits / reads;
    }
}
