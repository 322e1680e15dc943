package io.evcache.core.zone;

import io.evcache.core.command.Command;
import io.evcache.core.command.Pending;
import io.evcache.core.command.Reply;
import io.evcache.core.command.Route;
import io.evcache.core.node.NodeRoute;
import io.evcache.core.ring.Ring;
import io.evcache.core.time.Deadline;

/** Sends each command to the node that owns its key. Never to another: a spilled key would later be found stale on the neighbour. */
final class RingRoute implements Route {
    private final Ring<NodeRoute> ring;

    RingRoute(Ring<NodeRoute> ring) {
        this.ring = ring;
    }

    @Override
    public <R extends Reply> Pending<R> send(Command<R> command, Deadline deadline) {
        return ring.nodeFor(command.key()).send(command, deadline);
    }

    @Override
    public String toString() {
        return ring.toString();
    }
}
