package io.evcache.client;

import static java.util.Objects.requireNonNull;

import io.evcache.client.near.HotKey;
import io.evcache.client.near.HotKeys;
import io.evcache.client.near.NearCache;
import io.evcache.client.near.NearCache.Load;
import io.evcache.client.near.NearCacheOptions;
import io.evcache.client.near.NearCaches;
import io.evcache.client.near.NearStats;
import io.evcache.client.pipeline.ReadResult;
import io.evcache.core.command.Lookup;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What one cache knows without asking memcached: values that it keeps near, and which keys are hot. The first stage of a read, and the last.
 *
 * @param <V> the type of the values
 */
final class Nearby<V> {
    /** What a read goes by that finds no near cache. */
    private static final Load NO_LOAD = new Load(0, 0);

    private final @Nullable NearCache<V> near;
    private final @Nullable HotKeys hot;
    private final boolean hotKeysOnly;

    private Nearby(@Nullable NearCache<V> near, @Nullable HotKeys hot, boolean hotKeysOnly) {
        this.near = near;
        this.hot = hot;
        this.hotKeysOnly = hotKeysOnly;
    }

    /** Returns what the options ask for; null for nothing, so that a cache without it pays nothing. */
    static <V> @Nullable Nearby<V> of(String cache, CacheOptions<V> options, NearCaches all) {
        NearCacheOptions chosen = options.nearCache();
        boolean hotKeysOnly = chosen != null && chosen.isHotKeysOnly();
        int top = options.hotKeys() == 0 && hotKeysOnly ? HotKeys.DEFAULT_TOP : options.hotKeys();
        if (chosen == null && top == 0) {
            return null;
        }
        NearCache<V> near = chosen == null
                ? null
                : options.isPlainKeys() ? all.createForPlainKeys(chosen) : all.create(cache, chosen);
        return new Nearby<>(near, top == 0 ? null : HotKeys.top(top), hotKeysOnly);
    }

    /** Returns the value, if it is here. */
    @Nullable
    V get(String key) {
        if (hot != null) {
            hot.read(requireNonNull(key, "key"));
        }
        return near == null ? null : near.get(key);
    }

    /** To be taken before memcached is asked, and given back with what it says. */
    Load load() {
        return near == null ? NO_LOAD : near.load();
    }

    void keep(Load load, String key, V value, ReadResult result) {
        if (near != null && (!hotKeysOnly || hot == null || hot.isHot(key))) {
            int bytes = result.lookup() instanceof Lookup.Hit hit ? hit.value().length() : 0;
            near.keep(load, key, value, bytes);
        }
    }

    Optional<NearStats> stats() {
        return Optional.ofNullable(near).map(NearCache::stats);
    }

    List<HotKey> hotKeys() {
        return hot == null ? List.of() : hot.list();
    }
}
