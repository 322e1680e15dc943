package io.evcache.client;

import io.evcache.core.topology.NodeAddress;

/**
 * Where a key is at home in one zone.
 *
 * @param zone the zone
 * @param node the node that holds it, if anybody does
 * @param ringPoint the point of the ring that the key belongs to, from 0 to 4,294,967,295; clients that share the data must agree on it
 */
public record Location(String zone, NodeAddress node, long ringPoint) {}
