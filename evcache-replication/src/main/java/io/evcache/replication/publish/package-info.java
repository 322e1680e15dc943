/**
 * The application's side: turns writes that have settled into mutations and hands them to a publisher.
 *
 * <p>Read {@link io.evcache.replication.publish.ReplicationInterceptor} first; it is all that a client needs besides a {@link
 * io.evcache.replication.publish.MutationPublisher}. Depends on mutations and on the client's pipeline. It never blocks or fails a write, knows no Kafka, and
 * keeps nothing: what the publisher drops is lost and counted there.
 */
@NullMarked
package io.evcache.replication.publish;

import org.jspecify.annotations.NullMarked;
