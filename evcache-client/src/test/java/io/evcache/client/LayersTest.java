package io.evcache.client;

import io.evcache.archrules.LayersContract;

/** Which package may use which. A new line or a new edge is a decision; write down why in docs/decisions. */
class LayersTest extends LayersContract {

    LayersTest() {
        super("io.evcache.client", """
            client.pipeline          -> core.command, core.topology, core.key, core.value
            client.zones             -> client.pipeline, core.zone, core.command, core.topology, core.key, core.value
            client.near              -> core.key, com.github.benmanes.caffeine..
            client.warmup            -> core.command, core.key, core.node, core.ring, core.topology, core.transport, core.value, core.zone
            client.metrics           -> client, client.pipeline, client.load, client.migration, client.near, core.command, core.key, core.value, core.zone, core.node, core.ring, core.topology, core.topology.control, io.micrometer..
            client.netflix           -> client.pipeline, core.command, core.key, core.value
            client.flight            -> core.command
            client.migration         -> client.pipeline, core.command
            client                   -> client.pipeline, client.flight, client.migration, client.zones, client.warmup, client.near, core..
            client.load              -> client, client.flight, client.pipeline, core.command, core.key, core.value
            """);
    }
}
