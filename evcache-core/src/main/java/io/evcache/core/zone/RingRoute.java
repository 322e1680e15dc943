package io.evcache.core.zone;

import io.evcache.core.command.Command;
import io.evcache.core.command.Gets;
import io.evcache.core.command.Pending;
import io.evcache.core.command.Reply;
import io.evcache.core.command.Route;
import io.evcache.core.node.NodeRoute;
import io.evcache.core.ring.Ring;
import io.evcache.core.time.Deadline;
import java.util.List;

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
    public void sendAll(Gets.Part part, Deadline deadline) {
        List<NodeRoute> nodes = ring.nodes();
        if (nodes.size() == 1) {
            nodes.get(0).sendAll(part, deadline);
            return;
        }
        NodeRoute[] homes = new NodeRoute[part.size()];
        for (int at = 0; at < homes.length; at++) {
            homes[at] = ring.nodeFor(part.key(at));
        }
        part.divide(homes, (node, some) -> node.sendAll(some, deadline));
    }

    @Override
    public String toString() {
        return ring.toString();
    }
}
