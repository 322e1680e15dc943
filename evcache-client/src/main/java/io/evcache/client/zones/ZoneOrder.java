package io.evcache.client.zones;

import io.evcache.core.zone.ClusterView;
import io.evcache.core.zone.ZoneRoute;
import java.util.Arrays;

/** The zones that one kind of read may ask, in the order in which it asks them. Immutable; not a record, as arrays have no value equality and none is wanted. */
final class ZoneOrder {
    final ClusterView view;
    final ZoneRoute[] zones;
    final Backfill backfill;

    ZoneOrder(ClusterView view, ZoneRoute[] zones, Backfill backfill) {
        this.view = view;
        this.zones = zones;
        this.backfill = backfill;
    }

    @Override
    public String toString() {
        return Arrays.stream(zones).map(ZoneRoute::name).toList().toString();
    }
}
