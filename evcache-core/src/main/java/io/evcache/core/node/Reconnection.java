package io.evcache.core.node;

import io.evcache.core.time.Backoff;
import io.evcache.core.topology.NodeAddress;
import io.evcache.core.transport.HostNames;
import java.util.concurrent.ScheduledExecutorService;

/**
 * Where to connect, on which thread to decide, and how long to wait between attempts.
 *
 * @param node the server
 * @param logName who is connecting, for logs: {@code client|zone|node}
 * @param admin the one thread on which all connection state changes
 * @param names says where a named node is now, while there is a connection to it
 * @param backoff between attempts; starts anew once a connection has lasted as long as the longest delay
 */
public record Reconnection(
        NodeAddress node, String logName, ScheduledExecutorService admin, HostNames names, Backoff backoff) {}
