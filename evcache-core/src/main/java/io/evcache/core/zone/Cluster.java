package io.evcache.core.zone;

import io.evcache.core.command.Feature;
import io.evcache.core.error.InvalidConfiguration;
import io.evcache.core.node.NodeRoute;
import io.evcache.core.time.Deadline;
import io.evcache.core.topology.NodeAddress;
import io.evcache.core.topology.TopologyProvider;
import io.evcache.core.transport.HostNames;
import io.evcache.core.transport.NodeAdmin;
import io.evcache.core.transport.Transport;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the {@link ClusterView} in step with the topology. All changes happen on one admin thread; readers see one volatile field.
 *
 * <p>Nodes that stay keep their connections when others come and go. A change is in force once the first attempt to connect to each new node has ended, well or badly, so that keys do not move to a node
 * that cannot answer yet; until then the view before it is. Changes that arrive meanwhile wait, and of those only the last counts; but modes of zones that are there are in force at once, unless none of them would be in service. One that cannot be built now, such as for a name without an address, is tried again until it can, or another takes its
 * place. A removed node's connections live on for the drain time, and longer
 * while anything is in flight on them.
 */
public final class Cluster implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Cluster.class);

    private final ClusterConfig config;
    private final Transport transport;
    private final HostNames names;
    private final ScheduledExecutorService admin;
    private final Changes changes;
    private final AutoCloseable watch;

    private Cluster(
            ClusterConfig config,
            TopologyProvider provider,
            Transport transport,
            HostNames names,
            ScheduledExecutorService admin) {
        this.config = config;
        this.transport = transport;
        this.names = names;
        this.admin = admin;
        this.changes = new Changes(config, admin, new ZoneFactory(config, transport, admin, names));
        try {
            this.watch = provider.watch(changes::said);
        } catch (Throwable e) {
            admin.shutdownNow();
            names.close();
            transport.close();
            throw e;
        }
    }

    /**
     * Starts watching the topology and connecting to its nodes, in the background. The cluster owns the transport from here on and closes it, also when this fails.
     *
     * @throws InvalidConfiguration if the transport cannot do what the configuration {@linkplain ClusterConfig#withRequired requires}
     * @throws RuntimeException whatever the provider throws when it is to be watched
     */
    public static Cluster open(ClusterConfig config, TopologyProvider provider, Transport transport) {
        ScheduledExecutorService admin = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "evcache-admin-" + config.name());
            thread.setDaemon(true);
            return thread;
        });
        return open(config, provider, transport, HostNames.ofMachine(), admin);
    }

    /** Looks names up elsewhere, and makes changes on another thread; the cluster owns both. */
    static Cluster open(
            ClusterConfig config,
            TopologyProvider provider,
            Transport transport,
            HostNames names,
            ScheduledExecutorService admin) {
        try {
            config.requireOf(transport);
        } catch (InvalidConfiguration e) {
            admin.shutdownNow();
            names.close();
            transport.close();
            throw e;
        }
        return new Cluster(config, provider, transport, names, admin);
    }

    /** Returns what exists now. One volatile read; keep the result for the whole of one request. */
    public ClusterView view() {
        return changes.view();
    }

    /** Returns who lacks the feature: the transport, if it has it with no server; otherwise the nodes that are connected and lack it, each with its version. Of nodes that are not connected nobody knows. */
    public List<String> lacking(Feature feature) {
        if (!transport.features().contains(feature)) {
            return List.of("the transport " + transport);
        }
        return view().zones().stream()
                .flatMap(zone -> zone.nodes().stream())
                .flatMap(node -> node.capabilities().stream()
                        .filter(can -> !can.features().contains(feature))
                        .map(can -> "node " + node.address() + " (" + can.version() + ")"))
                .toList();
    }

    /** Returns what an operator can ask of that server, which need not be one of the present topology. On connections of its own; usable until this is closed. */
    public NodeAdmin admin(NodeAddress node) {
        return transport.admin(node);
    }

    /**
     * Waits until the first topology is in force and every node's first connection attempt has ended, well or badly.
     *
     * @return whether that was so before the deadline; the cluster is usable either way
     * @throws IllegalArgumentException if the first topology cannot be built
     */
    public boolean awaitFirstAttempts(Deadline deadline) {
        try {
            ClusterView known = changes.first().get(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
            known.firstAttempts().get(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IllegalArgumentException refused) {
                throw refused;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    /**
     * Waits until the modes of zones that the provider has said so far are in force. What else it said may have to wait for names and new nodes.
     *
     * @return whether that was so before the deadline; not for a thread of this cluster
     */
    public boolean awaitChanges(Deadline deadline) {
        try {
            Object unused = admin.submit(() -> {}).get(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException | ExecutionException | RejectedExecutionException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Stops watching, closes every connection and the transport; what is in flight fails. Idempotent; takes a few seconds at most. */
    @Override
    public void close() {
        try {
            watch.close();
        } catch (Throwable e) { // a stranger's code, which must not keep the rest from being closed
            LOG.warn("[{}] the topology provider failed to close", config.name(), e);
        }
        admin.shutdownNow();
        names.close();
        view().zones().forEach(zone -> zone.nodes().forEach(NodeRoute::close));
        transport.close();
    }

    @Override
    public String toString() {
        return "Cluster " + config.name() + "\n" + view();
    }
}
