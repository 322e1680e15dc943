package io.evcache.client.load;

import static java.util.Objects.requireNonNull;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** One call of the bulk loader for those of several keys that turn out to need it. Counts as one load. */
final class BulkLoad<K, V> implements LoadLimit.Task, KeyLoad.Next<K, V> {
    private final Loads<K, V> loads;
    private final BulkLoader<K, V> loader;
    private final List<KeyLoad<K, V>> all;
    private final AtomicInteger open;
    private final Set<KeyLoad<K, V>> needed = ConcurrentHashMap.newKeySet();

    BulkLoad(Loads<K, V> loads, BulkLoader<K, V> loader, List<KeyLoad<K, V>> all) {
        this.loads = loads;
        this.loader = loader;
        this.all = all;
        this.open = new AtomicInteger(all.size());
    }

    @Override
    public void needed(KeyLoad<K, V> load) {
        needed.add(load);
        notNeeded(load);
    }

    /** The last one to know starts the load. */
    @Override
    public void notNeeded(KeyLoad<K, V> load) {
        if (open.decrementAndGet() > 0 || needed.isEmpty()) {
            return;
        }
        loads.limit.submit(this);
    }

    @Override
    public void run() {
        loads.count.loads.increment();
        List<KeyLoad<K, V>> these = inOrder();
        these.forEach(load -> load.flight().working());
        try {
            Set<K> keys = new LinkedHashSet<>();
            these.forEach(load -> keys.add(load.key()));
            Map<K, V> values = requireNonNull(loader.loadAll(Collections.unmodifiableSet(keys)), "bulk loader's map");
            these.forEach(load -> load.flight().worked());
            these.forEach(load -> load.loaded(values.get(load.key())));
        } catch (Throwable e) { // whatever the loader, its map or a key throws belongs to those who wait
            these.forEach(load -> load.flight().worked());
            these.forEach(load -> load.failed(e));
        }
    }

    @Override
    public boolean isUrgent() {
        return needed.stream().anyMatch(KeyLoad::isUrgent);
    }

    @Override
    public void refused(LoadRejected why) {
        inOrder().forEach(load -> load.refused(why));
    }

    private List<KeyLoad<K, V>> inOrder() {
        return all.stream().filter(needed::contains).toList();
    }

    @Override
    public String toString() {
        return "BulkLoad(" + needed.size() + " of " + all.size() + ")";
    }
}
