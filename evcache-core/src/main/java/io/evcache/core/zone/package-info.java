/**
 * One zone: a full copy of the data behind one route, and the cluster that keeps all zones' routes current.
 *
 * <p>Read {@link io.evcache.core.zone.ClusterView} first: the immutable snapshot that a request reads once, so that a topology change never tears it. {@code Cluster} replaces the snapshot.
 * {@code BigValueRoute} stores values in chunks that are too large for one item.
 * Knows how to build a zone's ring over its nodes; does not know what it means to ask several zones, which is the client's subject.
 */
@NullMarked
package io.evcache.core.zone;

import org.jspecify.annotations.NullMarked;
