/**
 * The way from a log of mutations to another region: consume, coalesce, fetch, batch, ship, and commit what is finished.
 *
 * <p>Read {@link io.evcache.replication.relay.ReplicationRelay} first: one thread owns all state, everything else tells it what happened. {@link
 * io.evcache.replication.relay.MutationSource} is the log, {@link io.evcache.replication.relay.OffsetTracker} knows what may be committed.
 *
 * <p>Depends on the link, on mutations, and on the client's pipeline for reads. Knows no Kafka and no sockets, decodes no values, and keeps nothing that a
 * restart could not get again from the log.
 */
@NullMarked
package io.evcache.replication.relay;

import org.jspecify.annotations.NullMarked;
