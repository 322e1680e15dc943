package io.evcache.client.metrics;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What belongs to names that programs or registries make up. Names from a limit on share one entry, {@code other}, so that names made of data flood no monitoring system. Looking up a known name costs nothing but
 * the look-up.
 */
final class Bounded<T> {
    static final String OTHER = "other";

    private final int limit;
    private final Function<String, T> factory;
    private final Map<String, T> known = new ConcurrentHashMap<>();
    private volatile @Nullable T other;

    Bounded(int limit, Function<String, T> factory) {
        this.limit = limit;
        this.factory = factory;
    }

    T of(String name) {
        T entry = known.get(name);
        if (entry != null) {
            return entry;
        }
        return known.size() < limit ? known.computeIfAbsent(name, factory) : other();
    }

    /** Returns the name under which this name is known: itself or {@link #OTHER}. */
    String nameOf(String name) {
        return known.containsKey(name) ? name : OTHER;
    }

    private T other() {
        T entry = other;
        if (entry == null) {
            entry = known.computeIfAbsent(
                    OTHER, factory); // one more than the limit; a name that is really "other" shares it
            other = entry;
        }
        return entry;
    }
}
