/**
 * Values of a cache kept in this JVM, decoded, for a short time; and which keys are asked for most.
 *
 * <p>Read {@link io.evcache.client.near.NearCache} first: what keeps a value that was read too early from staying. {@link io.evcache.client.near.NearCaches} are those of one client, for whoever hears of writes.
 * The only package that knows Caffeine, which is optional: nothing here needs it until a near cache is made. Depends on core's keys and nothing else; it neither reads nor writes memcached.
 */
@NullMarked
package io.evcache.client.near;

import org.jspecify.annotations.NullMarked;
