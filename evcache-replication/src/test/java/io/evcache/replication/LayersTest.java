package io.evcache.replication;

import io.evcache.archrules.LayersContract;

/** Which package may use which. A new line or a new edge is a decision; write down why in docs/decisions. */
class LayersTest extends LayersContract {

    LayersTest() {
        super("io.evcache.replication", """
            replication              ->
            replication.mutation     -> core.key, core.value
            replication.publish      -> replication.mutation, client.pipeline, core.command, core.key, core.value
            replication.link         -> replication.mutation, core.value, core.tls, io.netty..
            replication.relay        -> replication.link, replication.mutation, client, client.pipeline, core.command, core.key, core.value
            replication.agent        -> replication.link, replication.mutation, client, client.pipeline, core.command, core.key, core.value
            replication.kafka        -> replication.relay, replication.publish, replication.mutation, client.near, core.key, org.apache.kafka..
            replication.metrics      -> replication.mutation, replication.publish, replication.relay, replication.agent, replication.link, client, client.metrics, io.micrometer..
            replication.app          -> replication.., client.., core.ring, core.tls, core.topology..
            """);
    }
}
