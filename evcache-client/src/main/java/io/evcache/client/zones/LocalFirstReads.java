package io.evcache.client.zones;

import io.evcache.client.pipeline.ManyReads;
import io.evcache.client.pipeline.Read;
import io.evcache.client.pipeline.ReadResult;
import io.evcache.core.command.Pending;
import io.evcache.core.zone.ClusterView;
import org.jspecify.annotations.Nullable;

/** Reads from one zone at a time: the first of the order, usually the local one, then the next ones as the policy's fallback says. */
final class LocalFirstReads {
    private final ZoneOrders orders;

    LocalFirstReads(ZoneOrders orders) {
        this.orders = orders;
    }

    Pending<ReadResult> read(Read read, ClusterView view) {
        ZoneOrder order = orders.of(read, view);
        if (order.zones.length == 0) {
            return Pending.failed(ZoneOrders.noZone(read));
        }
        ReadCall call = new ReadCall(read, order);
        call.start();
        return call;
    }

    void readAll(ManyReads reads, ClusterView view) {
        ZoneOrder order = orders.of(reads.read(0), view);
        if (order.zones.length == 0) {
            reads.failAll(ZoneOrders.noZone(reads.read(0)));
        } else {
            TogetherReads.send(reads, order);
        }
    }

    /** Returns the zones of a read that starts at the local one; null if there is none. */
    @Nullable
    ZoneOrder localFirst(ClusterView view) {
        ZoneOrder order = orders.localFirst(view);
        return order.zones.length == 0 ? null : order;
    }

    @Override
    public String toString() {
        return "LocalFirstReads(" + orders + ")";
    }
}
