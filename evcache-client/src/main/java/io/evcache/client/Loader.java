package io.evcache.client;

import org.jspecify.annotations.Nullable;

/**
 * Gets one value from the source of the data, such as a DAO. May block and may throw whatever it likes; never called on an event loop, nor under a lock.
 *
 * @param <K> the keys
 * @param <V> the values
 */
@FunctionalInterface
public interface Loader<K, V> {

    /** Returns the value, or null if the source has none. */
    @Nullable
    V load(K key) throws Exception;
}
