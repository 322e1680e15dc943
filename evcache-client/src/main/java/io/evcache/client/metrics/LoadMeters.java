package io.evcache.client.metrics;

import io.evcache.client.load.CacheAside;
import io.evcache.client.load.LoadStats;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.ToLongFunction;

/** The loads of all cache-asides over one cache. Read when the registry asks; loads pay nothing. */
final class LoadMeters {
    private final CopyOnWriteArrayList<CacheAside<?, ?>> asides = new CopyOnWriteArrayList<>();

    LoadMeters(Registered registered, String cache) {
        counted(registered, cache, LoadStats::found, "success");
        counted(registered, cache, LoadStats::absent, "absent");
        counted(registered, cache, LoadStats::loadFailures, "failure");
        registered.gauge(Meters.LOADS_RUNNING, () -> sum(CacheAside::runningLoads), registered.client(), cache);
        registered.gauge(Meters.LOADS_WAITING, () -> sum(CacheAside::waitingLoads), registered.client(), cache);
    }

    void add(CacheAside<?, ?> aside) {
        asides.addIfAbsent(aside);
    }

    private void counted(Registered registered, String cache, ToLongFunction<LoadStats> figure, String result) {
        registered.counted(
                Meters.LOADS,
                this,
                loads -> loads.sum(aside -> figure.applyAsLong(aside.stats())),
                registered.client(),
                cache,
                result);
    }

    private long sum(ToLongFunction<CacheAside<?, ?>> figure) {
        return asides.stream().mapToLong(figure).sum();
    }
}
