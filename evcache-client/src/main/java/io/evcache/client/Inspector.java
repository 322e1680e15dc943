package io.evcache.client;

import io.evcache.client.ZoneItem.State;
import io.evcache.core.command.Get;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Pending;
import io.evcache.core.error.DeadlineExceeded;
import io.evcache.core.error.EvCacheException;
import io.evcache.core.key.Key;
import io.evcache.core.time.Deadline;
import io.evcache.core.zone.ZoneRoute;
import java.util.ArrayList;
import java.util.List;

/** Looks at one key in every zone, write-only ones included; past interceptors and observers, since nothing of it is an application's use of the cache. */
final class Inspector {
    private final List<ZoneRoute> zones;
    private final Key key;
    private final List<Pending<Lookup>> answers = new ArrayList<>();

    Inspector(List<ZoneRoute> zones, Key key) {
        this.zones = zones;
        this.key = key;
    }

    List<Location> locations() {
        return zones.stream().map(this::location).toList();
    }

    private Location location(ZoneRoute zone) {
        return new Location(
                zone.name(), zone.ring().nodeFor(key).address(), zone.ring().pointFor(key));
    }

    /** Asks every zone; what is returned settles once all have answered or failed. */
    Pending<Boolean> ask(Deadline deadline) {
        Countdown all = new Countdown();
        for (ZoneRoute zone : zones) {
            Pending<Lookup> answer = zone.send(new Get(key, Get.Wants.METADATA), deadline);
            answers.add(answer);
            all.add(answer);
        }
        all.seal();
        return all;
    }

    /** Returns what the zones have answered, in the order of the topology; what has not answered yet is unknown. */
    List<ZoneItem> items() {
        List<ZoneItem> items = new ArrayList<>();
        for (int i = 0; i < zones.size(); i++) {
            items.add(item(location(zones.get(i)), answers.get(i)));
        }
        return items;
    }

    private static ZoneItem item(Location location, Pending<Lookup> answer) {
        Lookup lookup = answer.value();
        if (lookup instanceof Lookup.Hit hit) {
            ItemDetails details = ItemDetails.of(location.zone(), hit);
            return new ZoneItem(location, State.PRESENT, hit.flags(), hit.stale(), details, null);
        }
        if (lookup != null) {
            return new ZoneItem(location, State.ABSENT, 0, false, ItemDetails.NONE, null);
        }
        EvCacheException failure = answer.failure();
        EvCacheException cause = failure != null ? failure : new DeadlineExceeded("no answer yet", true);
        return new ZoneItem(location, State.UNKNOWN, 0, false, ItemDetails.NONE, cause);
    }
}
