package io.evcache.client.load;

import java.util.Map;

/**
 * Writes several values to the source of the data at once. May block and may throw; never called on an event loop, nor under a lock, and by one thread only.
 *
 * @param <K> the keys
 * @param <V> the values
 */
@FunctionalInterface
public interface BatchWriter<K, V> {

    /**
     * Writes all of them. Must be repeatable: a batch that has thrown is written again, whole or in parts. An interrupt that it leaves set is dropped.
     *
     * @param batch at least one, the longest waiting first; not to be modified
     */
    void writeAll(Map<K, V> batch) throws Exception;
}
