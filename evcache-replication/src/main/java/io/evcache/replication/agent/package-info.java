/**
 * The receiving end: writes what other regions send into the zones of this one.
 *
 * <p>Read {@link io.evcache.replication.agent.ReplicationAgent} first. {@link io.evcache.replication.agent.BatchApplier} decides what may be written and what became of
 * it. Depends on the link and on the client's pipeline for writes. They carry {@link io.evcache.replication.mutation.Mutation#ARRIVED}, which no publisher takes: that is what ends every mutation after one hop.
 *
 * <p>Does not decode values, does not compare versions (the last arrival wins), and queues nothing.
 */
@NullMarked
package io.evcache.replication.agent;

import org.jspecify.annotations.NullMarked;
