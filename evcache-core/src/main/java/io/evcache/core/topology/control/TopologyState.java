package io.evcache.core.topology.control;

import io.evcache.core.topology.Topology;
import io.evcache.core.topology.ZoneMode;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is known of a topology at one instant.
 *
 * @param current what the source says unless it was refused, with the operator's modes on top; empty before anything was heard. A client takes it over in the background: what it uses now is its view
 * @param modes what the operator has said of zones in place of what the source says, by name
 * @param refused the newest topology of the source, if it would lose too much
 * @param objections what speaks against it
 * @param changes how often that has changed
 * @param refusals how many topologies would have lost too much
 * @param failures how often the source could not be read, or not wholly
 */
public record TopologyState(
        Optional<Topology> current,
        Map<String, ZoneMode> modes,
        Optional<Topology> refused,
        List<String> objections,
        long changes,
        long refusals,
        long failures) {
    static final TopologyState NOTHING =
            new TopologyState(Optional.empty(), Map.of(), Optional.empty(), List.of(), 0, 0, 0);

    public TopologyState {
        modes = Map.copyOf(modes);
        objections = List.copyOf(objections);
    }

    TopologyState inForce(Topology topology) {
        return new TopologyState(Optional.of(topology), modes, refused, objections, changes + 1, refusals, failures);
    }

    TopologyState refused(Topology topology, List<String> why) {
        return new TopologyState(current, modes, Optional.of(topology), why, changes, refusals + 1, failures);
    }

    TopologyState failed() {
        return new TopologyState(current, modes, refused, objections, changes, refusals, failures + 1);
    }

    TopologyState withModes(Map<String, ZoneMode> said) {
        return new TopologyState(current, said, refused, objections, changes, refusals, failures);
    }

    /** Returns this without anything refused: the source says what can be believed, or somebody has accepted it. */
    TopologyState agreed() {
        return new TopologyState(current, modes, Optional.empty(), List.of(), changes, refusals, failures);
    }
}
