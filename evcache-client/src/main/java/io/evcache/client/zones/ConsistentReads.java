package io.evcache.client.zones;

import io.evcache.client.pipeline.Read;
import io.evcache.client.pipeline.ReadResult;
import io.evcache.core.command.Pending;
import io.evcache.core.zone.ClusterView;

/** Reads from all zones in normal service at the same time and answers what enough of them agree on. */
final class ConsistentReads {
    private final ZoneOrders orders;

    ConsistentReads(ZoneOrders orders) {
        this.orders = orders;
    }

    Pending<ReadResult> read(Read read, ClusterView view) {
        ZoneOrder order = orders.of(read, view).counted();
        if (order.zones.length == 0) {
            return Pending.failed(ZoneOrders.noZone(read));
        }
        ConsistentRead call = new ConsistentRead(read, order);
        call.start();
        return call;
    }

    @Override
    public String toString() {
        return "ConsistentReads(" + orders + ")";
    }
}
