package io.evcache.client.load;

import java.util.Map;
import java.util.Set;

/**
 * Gets several values from the source of the data at once. May block and may throw whatever it likes; never called on an event loop, nor under a lock.
 *
 * @param <K> the keys
 * @param <V> the values
 */
@FunctionalInterface
public interface BulkLoader<K, V> {

    /**
     * Returns the values that the source has; a key that is left out, or has null, has none.
     *
     * @param keys at least one; in the order in which they were asked for; not to be modified
     */
    Map<K, V> loadAll(Set<K> keys) throws Exception;
}
