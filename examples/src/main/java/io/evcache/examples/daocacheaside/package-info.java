/** A DAO on H2, a cache in front of it, and what becomes of the database's load when keys expire: with the cache-aside that one writes by hand, and with {@link io.evcache.client.load.CacheAside}. */
@NullMarked
package io.evcache.examples.daocacheaside;

import org.jspecify.annotations.NullMarked;
