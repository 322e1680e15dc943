package io.evcache.client.metrics;

import io.evcache.client.EvCache;
import io.evcache.client.near.HotKey;
import io.evcache.client.near.NearStats;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.ToLongFunction;

/** What the views of one cache know without asking memcached. Read when the registry asks; calls pay nothing. */
final class NearMeters {
    private final Registered registered;
    private final String cache;
    private final CopyOnWriteArrayList<EvCache<?>> views = new CopyOnWriteArrayList<>();
    private final AtomicBoolean hasNear = new AtomicBoolean();

    NearMeters(Registered registered, String cache) {
        this.registered = registered;
        this.cache = cache;
        registered.gauge(Meters.HOT_SHARE, this::hottest, registered.client(), cache);
    }

    void add(EvCache<?> view) {
        views.addIfAbsent(view);
        if (view.nearStats().isPresent() && hasNear.compareAndSet(false, true)) {
            registered.counted(Meters.NEAR, this, near -> near.sum(NearStats::hits), registered.client(), cache, "hit");
            registered.counted(
                    Meters.NEAR, this, near -> near.sum(NearStats::misses), registered.client(), cache, "miss");
            registered.gauge(Meters.NEAR_SIZE, () -> sum(NearStats::size), registered.client(), cache);
        }
    }

    private long sum(ToLongFunction<NearStats> figure) {
        return views.stream()
                .flatMap(view -> view.nearStats().stream())
                .mapToLong(figure)
                .sum();
    }

    private double hottest() {
        return views.stream()
                .map(EvCache::hotKeys)
                .flatMap(List::stream)
                .mapToDouble(HotKey::share)
                .max()
                .orElse(0);
    }
}
