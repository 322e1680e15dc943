/**
 * Kafka as the log of mutations. The only package that knows it.
 *
 * <p>Read {@link io.evcache.replication.kafka.KafkaMutationPublisher} for the application's side and {@link
 * io.evcache.replication.kafka.KafkaMutationSource} for the relay's. Both create their Kafka clients on threads of their own and begin without a broker.
 *
 * <p>Depends on what it implements: the publisher, the source and the dead letters. Creates no topics and keeps no state but committed offsets; everything else of
 * Kafka's configuration passes through.
 */
@NullMarked
package io.evcache.replication.kafka;

import org.jspecify.annotations.NullMarked;
