package io.evcache.client.pipeline;

import java.util.List;

/**
 * What is known of a write at one instant, zone by zone.
 *
 * @param policy what was asked for
 * @param required how many counted zones had to take it
 * @param succeeded how many counted zones have taken it so far
 * @param zones every zone that is written, write-only ones included, in the order of the topology
 */
public record WriteResult(WritePolicy policy, int required, int succeeded, List<ZoneOutcome> zones) {

    public WriteResult {
        zones = List.copyOf(zones);
    }

    /** Returns whether the policy is met. */
    public boolean isMet() {
        return succeeded >= required;
    }

    /** Returns the names of the zones with this status, write-only zones included. */
    public List<String> zones(ZoneOutcome.Status status) {
        return zones.stream()
                .filter(zone -> zone.status() == status)
                .map(ZoneOutcome::zone)
                .toList();
    }
}
