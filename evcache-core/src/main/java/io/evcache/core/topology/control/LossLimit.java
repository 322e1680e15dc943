package io.evcache.core.topology.control;

import io.evcache.core.topology.Topology;
import io.evcache.core.topology.Zone;
import io.evcache.core.topology.ZoneMode;
import java.util.ArrayList;
import java.util.List;

/**
 * How much of what serves a new topology may lack before it is taken for a mistake of its source, such as a registry that was restarted empty.
 *
 * <p>Only zones that are {@link ZoneMode#READ_WRITE} are protected: a zone that was taken out of service first may leave, and may change as it likes. What counts is how many nodes a zone has, not which.
 *
 * @param share of the nodes of a zone that may go at once, from 0, none, to 1, all; a zone may go as a whole only with 1
 */
public record LossLimit(double share) {

    /** Half of the nodes of a zone. */
    public static final LossLimit HALF = new LossLimit(0.5);

    /** Everything is believed. */
    public static final LossLimit NONE = new LossLimit(1);

    public LossLimit {
        if (!(share >= 0 && share <= 1)) {
            throw new IllegalArgumentException("the share of nodes that may go must be from 0 to 1, was " + share);
        }
    }

    /** Returns what speaks against going from one topology to another; empty if nothing does. */
    public List<String> objections(Topology from, Topology to) {
        if (share == 1) {
            return List.of();
        }
        List<String> objections = new ArrayList<>();
        for (Zone zone : from.zones()) {
            if (zone.mode() == ZoneMode.READ_WRITE) {
                int had = zone.nodes().size();
                int has = to.zone(zone.name()).map(next -> next.nodes().size()).orElse(0);
                if (has == 0) {
                    objections.add("zone " + zone.name() + " is gone");
                } else if (had - has > share * had) {
                    objections.add("zone " + zone.name() + " has " + has + " of " + had + " nodes left");
                }
            }
        }
        if (to.zones().stream().noneMatch(zone -> zone.mode() == ZoneMode.READ_WRITE)) {
            objections.add("no zone is READ_WRITE");
        }
        return objections;
    }
}
