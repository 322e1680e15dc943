package io.evcache.core.node;

import io.evcache.core.command.Command;
import io.evcache.core.command.Get;
import io.evcache.core.command.Gets;
import io.evcache.core.command.Pending;
import io.evcache.core.command.Reply;
import io.evcache.core.command.Route;
import io.evcache.core.error.NodeUnavailable;
import io.evcache.core.time.Deadline;
import io.evcache.core.topology.NodeAddress;
import io.evcache.core.transport.Capabilities;
import io.evcache.core.transport.Connection;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Answers commands from one node. Without a live connection it fails at once, in well under a millisecond, so that another zone can answer within the caller's
 * deadline; the connections come back in the background. Thread-safe.
 */
public final class NodeRoute implements Route, AutoCloseable {
    private final NodeAddress address;
    private final String zone;
    private final ConnectionPool pool;

    /** Creates the route of a node in the named zone over its connections, which are opened as soon as the pool is started. */
    public NodeRoute(NodeAddress address, String zone, ConnectionPool pool) {
        this.address = address;
        this.zone = zone;
        this.pool = pool;
    }

    @Override
    public <R extends Reply> Pending<R> send(Command<R> command, Deadline deadline) {
        Connection connection = pool.connectionFor(command.key());
        return connection == null ? Pending.failed(unavailable(command)) : connection.send(command, deadline);
    }

    @Override
    public void sendAll(Gets.Part part, Deadline deadline) {
        if (pool.lanes() == 1) {
            sendAll(pool.connectionFor(part.key(0)), part, deadline);
            return;
        }
        Integer[] lanes = new Integer[part.size()];
        for (int at = 0; at < lanes.length; at++) {
            lanes[at] = pool.lane(part.key(at));
        }
        part.divide(lanes, (lane, some) -> sendAll(pool.connection(lane), some, deadline));
    }

    private void sendAll(@Nullable Connection connection, Gets.Part part, Deadline deadline) {
        if (connection == null) {
            part.failOpen(unavailable(new Get(part.key(0), Get.Wants.PLAIN)));
        } else {
            connection.sendAll(part, deadline);
        }
    }

    /** Returns which node this is, as it was configured or discovered. */
    public NodeAddress address() {
        return address;
    }

    /** Returns whether every lane has a live connection. */
    public boolean isConnected() {
        return pool.isConnected();
    }

    /** Returns what the server can do, as one of its connections has found; empty without a live connection. */
    public Optional<Capabilities> capabilities() {
        return pool.capabilities();
    }

    /** Returns the future that completes once the first attempt to connect has ended, well or badly. */
    public CompletableFuture<Void> firstAttempts() {
        return pool.firstAttempts();
    }

    /** Returns how many commands are queued or unanswered on this node's connections. */
    public int inFlight() {
        return pool.inFlight();
    }

    /** Closes the connections; what is in flight fails. Idempotent. */
    @Override
    public void close() {
        pool.close();
    }

    private NodeUnavailable unavailable(Command<?> command) {
        if (pool.isClosed()) {
            return new NodeUnavailable(
                    NodeUnavailable.Reason.CLOSED,
                    "node " + address + " (zone " + zone
                            + ") is not connected to any more, as the client is closed or the"
                            + " node has left the topology; " + command.verb() + " " + command.key()
                            + " was not sent",
                    null);
        }
        Throwable cause = pool.lastFailure();
        return new NodeUnavailable(
                NodeUnavailable.Reason.NOT_CONNECTED,
                "node " + address + " (zone " + zone + ") is not connected; " + command.verb() + " " + command.key()
                        + " was not sent" + reason(cause),
                cause);
    }

    private static String reason(@Nullable Throwable cause) {
        return cause == null ? "" : ": " + cause.getMessage();
    }

    @Override
    public String toString() {
        return "Node(" + address + ", zone " + zone + (isConnected() ? ")" : ", not connected)");
    }
}
