/**
 * One memcached node: its connections, kept alive in the background, and the route that fails fast while there is none.
 *
 * <p>Read {@link io.evcache.core.node.NodeRoute} first. Depends on transport, command and topology. Does not know rings, zones or other nodes: a dead node's keys are answered
 * by another zone, never by a neighbour, where they would later be found stale.
 */
@NullMarked
package io.evcache.core.node;

import org.jspecify.annotations.NullMarked;
