package io.evcache.examples.tworegions;

/**
 * The books of one region, or of both.
 *
 * @param published mutations that Kafka confirmed
 * @param dropped mutations that did not get that far
 * @param relayed mutations that a relay shipped and the agent confirmed
 * @param coalesced mutations that a later one of the same key stood for
 * @param skipped mutations that needed no shipping, such as of items that had expired
 * @param applied entries that an agent wrote to its region's zones
 */
record Totals(long published, long dropped, long relayed, long coalesced, long skipped, long applied) {
    Totals plus(Totals other) {
        return new Totals(
                published + other.published,
                dropped + other.dropped,
                relayed + other.relayed,
                coalesced + other.coalesced,
                skipped + other.skipped,
                applied + other.applied);
    }
}
