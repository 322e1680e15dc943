package io.evcache.core.topology;

import static java.util.Objects.requireNonNull;

/**
 * Says what exists, now and whenever it changes. Implement it to connect a service registry that calls back; {@link PolledTopology} does for one that is asked.
 *
 * <p>Contract for implementations:
 *
 * <ul>
 *   <li>The listener is called with the first topology either during {@link #watch} or soon after, on any thread, and
 *       again with every topology that differs. Never with null, never by two threads at once, and never with an older topology
 *       after a newer one.
 *   <li>A source that cannot be reached, or that says there are no nodes, is not news: tell {@link TopologyListener#failed} and keep the last topology. Calling
 *       {@link TopologyListener#changed} means "this is what exists".
 *   <li>The listener is quick and does not throw. If it does, log and carry on watching.
 *   <li>Threads are daemons. A provider may be watched by several listeners, each by a call of its own.
 * </ul>
 */
@FunctionalInterface
public interface TopologyProvider {

    /**
     * Starts watching and returns without waiting for the source.
     *
     * @param listener receives each topology
     * @return ends this watch: after {@code close} returned no new call of the listener begins. Closing twice is harmless; it takes a
     *     bounded time and does not throw
     */
    AutoCloseable watch(TopologyListener listener);

    /** A topology that never changes. The listener is called once, by the thread that calls {@link #watch}. */
    static TopologyProvider fixed(Topology topology) {
        requireNonNull(topology, "topology");
        return listener -> {
            listener.changed(topology);
            return () -> {};
        };
    }
}
