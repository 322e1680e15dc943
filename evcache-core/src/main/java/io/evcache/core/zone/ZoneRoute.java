package io.evcache.core.zone;

import io.evcache.core.command.Command;
import io.evcache.core.command.Gets;
import io.evcache.core.command.Pending;
import io.evcache.core.command.Reply;
import io.evcache.core.command.Route;
import io.evcache.core.node.NodeRoute;
import io.evcache.core.ring.Ring;
import io.evcache.core.time.Deadline;
import io.evcache.core.topology.ZoneMode;
import java.util.List;

/**
 * One zone as a request sees it: a name, a mode and a route to its copy of the data.
 *
 * @param ring the homes of keys among the zone's nodes, for whoever wants to look
 */
public record ZoneRoute(String name, ZoneMode mode, Route route, Ring<NodeRoute> ring) implements Route {

    /** Returns this zone in that mode. */
    ZoneRoute withMode(ZoneMode other) {
        if (other == mode) {
            return this;
        }
        Route complete = route instanceof DrainingRoute draining ? draining.zone() : route;
        Route served = other == ZoneMode.DRAINING ? new DrainingRoute(complete) : complete;
        return new ZoneRoute(name, other, served, ring);
    }

    /** Returns the zone's nodes, in the order of the topology. */
    public List<NodeRoute> nodes() {
        return ring.nodes();
    }

    @Override
    public <R extends Reply> Pending<R> send(Command<R> command, Deadline deadline) {
        return route.send(command, deadline);
    }

    @Override
    public void sendAll(Gets.Part part, Deadline deadline) {
        route.sendAll(part, deadline);
    }

    /** Returns whether reads may be answered here. */
    public boolean isReadable() {
        return mode != ZoneMode.WRITE_ONLY;
    }

    /** Returns whether this is a zone in normal service, read before those that are not, and counted by write policies. */
    public boolean isCounted() {
        return mode == ZoneMode.READ_WRITE;
    }

    @Override
    public String toString() {
        return "Zone " + name + (isCounted() ? "" : " (" + mode + ")") + ": " + route + " " + nodes();
    }
}
