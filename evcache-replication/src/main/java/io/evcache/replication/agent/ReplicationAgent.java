package io.evcache.replication.agent;

import io.evcache.client.EvCacheClient;
import io.evcache.client.pipeline.Next;
import io.evcache.core.time.Ticker;
import io.evcache.replication.link.LinkServer;
import io.evcache.replication.link.LinkServerConfig;
import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * Receives what other regions' relays send and writes it into this region's zones.
 *
 * <p>What an agent writes is never published again, also if the client is the application's own, with its {@link io.evcache.replication.publish.ReplicationInterceptor}. But none of its interceptors may change keys or values. Threads are those of the link and of the client; nothing is kept, so
 * an agent can be killed at any time, and the relays send again what was not acknowledged.
 */
public final class ReplicationAgent implements AutoCloseable {
    /** Many times what a healthy zone takes, and little beside the way between regions. */
    private static final Duration LAST_ZONES = Duration.ofMillis(100);

    private final BatchApplier applier;
    private final LinkServer server;

    private ReplicationAgent(BatchApplier applier, LinkServer server) {
        this.applier = applier;
        this.server = server;
    }

    /**
     * Starts to listen, and writes through this client with its write timeout and its limit of the length of a value. The client stays the caller's to close.
     *
     * @throws RuntimeException if the address cannot be bound
     */
    public static ReplicationAgent start(LinkServerConfig config, EvCacheClient client) {
        return start(
                config,
                client.pipeline(),
                client.config().writeTimeout(),
                client.config().maxValueBytes());
    }

    static ReplicationAgent start(LinkServerConfig config, Next zones, Duration writeTimeout, int maxValueBytes) {
        BatchApplier applier = new BatchApplier(zones, writeTimeout, maxValueBytes, LAST_ZONES, Ticker.system());
        return new ReplicationAgent(applier, LinkServer.listen(config, applier));
    }

    /** Returns the address it listens on, with the port that was chosen. */
    public InetSocketAddress address() {
        return server.address();
    }

    /** Returns what has happened so far. */
    public AgentStats stats() {
        return new AgentStats(
                applier.applied(), applier.retry(), applier.rejected(), applier.missedZones(), server.stats());
    }

    /** Ends all connections and frees the port. Repeating it does nothing. */
    @Override
    public void close() {
        server.close();
    }

    @Override
    public String toString() {
        return "Agent(" + server + ")";
    }
}
