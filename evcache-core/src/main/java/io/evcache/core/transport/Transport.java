package io.evcache.core.transport;

import io.evcache.core.command.Feature;
import io.evcache.core.topology.NodeAddress;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * Opens connections to memcached servers.
 *
 * <p>An implementer guarantees: every connection it opened is closed by {@link #close()}; threads are daemons; nothing here blocks, not even for the
 * resolution of a host name in {@link #connect}: it is called on the thread that connects all nodes of the client.
 */
public interface Transport extends AutoCloseable {

    /**
     * Returns how many lanes there are. Connections of one lane share one thread, so a command that goes to several nodes on the same lane costs one
     * wake-up. A node has one connection per lane; a key always uses the same lane.
     */
    int lanes();

    /**
     * Opens one connection. The name is resolved each time, not once for all, and not on the calling thread; see {@link HostNames}.
     *
     * @param lane from 0 to {@code lanes() - 1}
     * @return completes once the server has <em>answered</em> (a successful TCP connect proves nothing: the kernel of a hung server accepts, too);
     *     fails with an {@link io.evcache.core.error.EvCacheException} that says why, at the latest after the connect timeout, which begins once the name is resolved
     */
    CompletionStage<Connection> connect(NodeAddress node, int lane);

    /** Returns what this can do at best, whatever the server: everything by default. What a configuration needs beyond it is refused when the client is built. */
    default Set<Feature> features() {
        return EnumSet.allOf(Feature.class);
    }

    /**
     * Returns what an operator can ask of that server. Costs nothing by itself; usable until this is closed.
     *
     * <p>The default is for transports that cannot: every question fails and says so.
     */
    default NodeAdmin admin(NodeAddress node) {
        return new NoAdmin(this + " has no way to ask node " + node);
    }

    /** Closes every connection and frees the threads. Commands in flight fail. Idempotent; returns within a few seconds. */
    @Override
    void close();
}
