/**
 * What exists: the zones of a region, each one full copy of the data, and the nodes in them. And who says so.
 *
 * <p>Read {@link io.evcache.core.topology.Topology} first. {@link io.evcache.core.topology.TopologyProvider} is the interface to
 * implement for a registry of your own. {@link io.evcache.core.topology.TopologyDraft} takes unchecked configuration and
 * reports everything that is wrong with it at once.
 *
 * <p>Depends on {@code core.error} and {@code core.time} only. It opens no connection and
 * places no key; only the packages below look anything up.
 */
@NullMarked
package io.evcache.core.topology;

import org.jspecify.annotations.NullMarked;
