package io.evcache.core.topology.control;

import io.evcache.core.topology.Topology;
import java.util.List;

/** Is told what becomes of what a {@link io.evcache.core.topology.TopologyProvider} says, for metrics and alerts. One call at a time, on any thread; be quick and do not throw. */
public interface TopologyObserver {

    /** This topology is in force. */
    default void changed(Topology topology) {}

    /** This topology would lose too much, so the last one holds on. */
    default void refused(Topology topology, List<String> objections) {}

    /** The source could not be read, or not wholly, and the last topology holds on. */
    default void failed(Exception failure) {}

    /** Returns the observer that looks away. */
    static TopologyObserver disabled() {
        return new TopologyObserver() {};
    }
}
