/**
 * What happened to one key, as data: operation, version and origin, never the value.
 *
 * <p>Read {@link io.evcache.replication.mutation.Mutation} first. {@link io.evcache.replication.mutation.MutationCodec} owns its bytes in Kafka,
 * {@link io.evcache.replication.mutation.HybridClock} makes the versions. Depends on core's keys and clocks; knows neither Kafka nor how mutations are
 * published or applied.
 */
@NullMarked
package io.evcache.replication.mutation;

import org.jspecify.annotations.NullMarked;
