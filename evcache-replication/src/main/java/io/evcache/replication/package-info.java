/**
 * Many regions: what one region's caches are told about the writes of another.
 *
 * <p>A write that has settled is published as a {@link io.evcache.replication.mutation.Mutation}: the key's metadata, never its value. A relay beside the writing region consumes the mutations, reads each value as late as possible and ships it over a
 * link to the agent of the other region. Applications need
 * {@link io.evcache.replication.publish.ReplicationInterceptor} and a publisher only.
 *
 * <p>This package itself is empty. One hop, no forwarding, at-least-once; conflicts between regions are not resolved: the last arrival wins.
 */
@NullMarked
package io.evcache.replication;

import org.jspecify.annotations.NullMarked;
