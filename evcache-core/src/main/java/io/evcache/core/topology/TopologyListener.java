package io.evcache.core.topology;

/** Hears of every change of a topology. Called by one thread at a time; be quick, and do not throw. */
@FunctionalInterface
public interface TopologyListener {

    /** This is what exists from now on. */
    void changed(Topology topology);

    /** The source could not be read, or not wholly; what was said last holds on. For logs and counters. Does nothing unless overridden. */
    default void failed(Exception failure) {}
}
