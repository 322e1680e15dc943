package io.evcache.client.zones;

import static java.util.Objects.requireNonNull;

import io.evcache.client.pipeline.Read;
import io.evcache.client.pipeline.ReadResult;
import io.evcache.core.command.Pending;
import io.evcache.core.error.NodeUnavailable;
import io.evcache.core.error.NodeUnavailable.Reason;
import io.evcache.core.zone.ClusterView;
import io.evcache.core.zone.ZoneRoute;
import java.util.ArrayList;
import java.util.List;

/** Reads from the local zone, then from the others in the order of the topology; never from one that serves no reads. */
final class LocalFirstReads {
    private final String localZone;
    private final Backfill backfill;

    /** The order for the last view seen. A race computes it twice. */
    private volatile Order order;

    LocalFirstReads(String localZone, Backfill backfill) {
        this.localZone = requireNonNull(localZone, "localZone");
        this.backfill = backfill;
        this.order = new Order(new ClusterView(List.of()), new ZoneRoute[0], backfill);
    }

    Pending<ReadResult> read(Read read, ClusterView view) {
        List<String> asked = read.policy().zones();
        Order chosen = asked.isEmpty() ? localFirst(view) : new Order(view, named(view, asked), backfill);
        if (chosen.zones.length == 0) {
            return Pending.failed(new NodeUnavailable(
                    Reason.NOT_CONNECTED, "no zone serves reads" + (asked.isEmpty() ? "" : " of " + asked), null));
        }
        ReadCall call = new ReadCall(read, chosen);
        call.start();
        return call;
    }

    @SuppressWarnings(
            "ReferenceEquality") // another snapshot is another object; comparing contents would cost more than the
    // order
    private Order localFirst(ClusterView view) {
        Order current = order;
        if (current.view != view) {
            current = new Order(view, localFirst(view.zones()), backfill);
            order = current;
        }
        return current;
    }

    private ZoneRoute[] localFirst(List<ZoneRoute> all) {
        List<ZoneRoute> zones = new ArrayList<>();
        for (ZoneRoute zone : all) {
            if (zone.isReadable()) {
                zones.add(zone.name().equals(localZone) ? 0 : zones.size(), zone);
            }
        }
        return zones.toArray(ZoneRoute[]::new);
    }

    private static ZoneRoute[] named(ClusterView view, List<String> names) {
        List<ZoneRoute> zones = new ArrayList<>();
        for (String name : names) {
            view.zone(name).filter(ZoneRoute::isReadable).ifPresent(zones::add);
        }
        return zones.toArray(ZoneRoute[]::new);
    }

    @Override
    public String toString() {
        return "LocalFirstReads(" + localZone + ")";
    }

    /** What the reads of one view have in common. Not a record: arrays have no value equality, and none is wanted. */
    static final class Order {
        final ClusterView view;
        final ZoneRoute[] zones;
        final Backfill backfill;

        Order(ClusterView view, ZoneRoute[] zones, Backfill backfill) {
            this.view = view;
            this.zones = zones;
            this.backfill = backfill;
        }
    }
}
