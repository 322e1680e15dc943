package io.evcache.client.load;

import io.evcache.client.pipeline.WriteResult;
import io.evcache.client.pipeline.ZoneOutcome;
import io.evcache.client.pipeline.ZoneTokens;
import io.evcache.core.command.Lease;
import io.evcache.core.command.Lookup;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What the zones said when they were asked for an item before it is loaded.
 *
 * <p>Every zone decides on its own who wins its lease. So that all JVMs agree on one winner, the first zone in the order of the topology in normal service that has no value is the one that counts; all of them see the same zones, and the same first one. Those who
 * wait look there; one that is being filled serves no reads, and one that is draining never has what was loaded.
 *
 * @param tokens of each zone that answered, whoever won there: what is stored with a zone's token replaces exactly what was there before the load began
 * @param placeHolders the tokens of the zones whose lease was won here; if nothing is stored, these are to be taken back
 * @param decider the zone that counts; empty if none could say
 * @param lease who is to load: {@code WON}, this caller; {@code HELD}, another one; {@code NONE}, no zone could say
 * @param hits of the zones that have a value
 */
record Claim(ZoneTokens tokens, ZoneTokens placeHolders, Optional<String> decider, Lease lease, List<Lookup.Hit> hits) {

    /** No zone has said anything. */
    static final Claim NOTHING =
            new Claim(new ZoneTokens(Map.of()), new ZoneTokens(Map.of()), Optional.empty(), Lease.NONE, List.of());

    /**
     * Returns what they said.
     *
     * @param inService of a zone's name
     */
    static Claim of(WriteResult answers, Predicate<String> inService) {
        Map<String, Long> tokens = new HashMap<>();
        Map<String, Long> placeHolders = new HashMap<>();
        Optional<String> decider = Optional.empty();
        Lease lease = Lease.NONE;
        List<Lookup.Hit> hits = new ArrayList<>();
        for (ZoneOutcome zone : answers.zones()) {
            if (zone.reply() instanceof Lookup.Hit hit) {
                tokens.put(zone.zone(), hit.cas());
                hits.add(hit);
            } else if (zone.reply() instanceof Lookup.Miss miss && miss.lease() != Lease.NONE) {
                tokens.put(zone.zone(), miss.cas());
                if (decider.isEmpty() && inService.test(zone.zone())) {
                    decider = Optional.of(zone.zone());
                    lease = miss.lease();
                }
                if (miss.lease() == Lease.WON) {
                    placeHolders.put(zone.zone(), miss.cas());
                }
            }
        }
        return new Claim(new ZoneTokens(tokens), new ZoneTokens(placeHolders), decider, lease, hits);
    }
}
