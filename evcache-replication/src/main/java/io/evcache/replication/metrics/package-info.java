/**
 * What monitoring systems are told of replication, through Micrometer: how old values are when they arrive, how mutations end, what is lost.
 *
 * <p>Read {@link io.evcache.replication.metrics.ReplicationMetrics} first. Micrometer is optional: nothing else in this module refers to this package. Depends on the publisher, the relay, the agent and the client that these use, whose counts it shows; keeps
 * none of its own but the age of what was shipped.
 */
@NullMarked
package io.evcache.replication.metrics;

import org.jspecify.annotations.NullMarked;
