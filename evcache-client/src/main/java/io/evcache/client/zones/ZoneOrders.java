package io.evcache.client.zones;

import static java.util.Objects.requireNonNull;

import io.evcache.client.pipeline.Read;
import io.evcache.client.pipeline.ReadPolicy;
import io.evcache.core.error.NodeUnavailable;
import io.evcache.core.error.NodeUnavailable.Reason;
import io.evcache.core.zone.ClusterView;
import io.evcache.core.zone.ZoneRoute;
import java.util.ArrayList;
import java.util.List;

/** Which zones a read may ask, in which order. What was worked out last is kept, so that a usual read finds its order with one look at a field; a race works it out twice. */
@SuppressWarnings(
        "ReferenceEquality") // another snapshot is another object, and so is the list of another policy; comparing
// contents would cost more than the order
final class ZoneOrders {
    private final String localZone;
    private final Backfill backfill;
    private final Proximity proximity;

    private volatile ZoneOrder localFirst;
    private volatile ZoneOrder measured;
    private volatile Named named;

    private record Named(List<String> zones, ZoneOrder order) {}

    ZoneOrders(String localZone, Backfill backfill, Proximity proximity) {
        this.localZone = requireNonNull(localZone, "localZone");
        this.backfill = backfill;
        this.proximity = proximity;
        this.localFirst = new ZoneOrder(new ClusterView(List.of()), new ZoneRoute[0], backfill);
        this.measured = localFirst;
        this.named = new Named(List.of(), localFirst);
    }

    ZoneOrder of(Read read, ClusterView view) {
        ReadPolicy policy = read.policy();
        return switch (policy.order()) {
            case LOCAL_FIRST -> localFirst(view);
            case MEASURED -> measured(read, view);
            case NAMED_FIRST -> namedFirst(policy.zones(), view);
            case ONLY_NAMED -> new ZoneOrder(view, named(policy.zones(), view).toArray(ZoneRoute[]::new), backfill);
        };
    }

    /** Returns the zones of a local read; no other one is so frequent that its callers need to ask zones themselves. */
    ZoneOrder localFirst(ClusterView view) {
        ZoneOrder current = localFirst;
        if (current.view != view) {
            List<ZoneRoute> zones = new ArrayList<>();
            for (ZoneRoute zone : view.zones()) {
                if (zone.isReadable()) {
                    zones.add(zone.name().equals(localZone) ? 0 : zones.size(), zone);
                }
            }
            current = order(view, zones);
            localFirst = current;
        }
        return current;
    }

    private ZoneOrder measured(Read read, ClusterView view) {
        ZoneOrder current = measured;
        if (current.view != view) {
            current = localFirst(view);
            measured = current;
        }
        if (proximity.isDue()) {
            current = order(view, proximity.sorted(current.zones));
            measured = current;
            proximity.measure(read.command(), current.zones);
        }
        return current;
    }

    private ZoneOrder namedFirst(List<String> names, ClusterView view) {
        Named current = named;
        if (current.zones != names || current.order.view != view) {
            List<ZoneRoute> zones = named(names, view);
            for (ZoneRoute zone : localFirst(view).zones) {
                if (!zones.contains(zone)) {
                    zones.add(zone);
                }
            }
            current = new Named(names, order(view, zones));
            named = current;
        }
        return current.order;
    }

    private static List<ZoneRoute> named(List<String> names, ClusterView view) {
        List<ZoneRoute> zones = new ArrayList<>();
        for (String name : names) {
            view.zone(name).filter(ZoneRoute::isReadable).ifPresent(zones::add);
        }
        return zones;
    }

    /** Returns the failure of a read that no zone may answer. */
    static NodeUnavailable noZone(Read read) {
        List<String> asked = read.policy().zones();
        return new NodeUnavailable(
                Reason.NOT_CONNECTED, "no zone serves reads" + (asked.isEmpty() ? "" : " of " + asked), null);
    }

    /** Zones that are draining come last, wherever they are. */
    private ZoneOrder order(ClusterView view, List<ZoneRoute> zones) {
        List<ZoneRoute> order = new ArrayList<>(zones);
        order.removeIf(zone -> !zone.isCounted());
        zones.stream().filter(zone -> !zone.isCounted()).forEach(order::add);
        return new ZoneOrder(view, order.toArray(ZoneRoute[]::new), backfill);
    }

    @Override
    public String toString() {
        return localZone;
    }
}
