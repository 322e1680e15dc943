package io.evcache.client.migration;

/**
 * How a migration goes, since the client was built. When hits no longer grow, the old cluster can go.
 *
 * @param hits reads that only the old cluster could answer
 * @param misses reads that it could not answer either
 * @param failedReads reads that it did not answer in time
 * @param writes writes that it was told of
 * @param failedWrites those of them that at least one of its zones has not certainly taken
 */
public record MigrationCounts(long hits, long misses, long failedReads, long writes, long failedWrites) {}
