/**
 * Caches in front of a DAO: what is missing is loaded, once, and what changed is not served for longer than need be.
 *
 * <p>Read {@link io.evcache.client.load.CacheAside} first. A {@code get} reads the cache; {@code Freshness} judges what it found; a {@code Preparation} finds out by second look or lease who loads a miss; a {@code KeyLoad} loads and stores it; {@code LoadLimit} says
 * how many loads run. Loaders run on threads of their own, never on an event loop. May use the client's root and pipeline, and core's commands, keys and values; zones, nodes and transports are none of its business.
 */
@NullMarked
package io.evcache.client.load;

import org.jspecify.annotations.NullMarked;
