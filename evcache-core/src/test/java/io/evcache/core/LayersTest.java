package io.evcache.core;

import io.evcache.archrules.LayersContract;

/** Which package may use which. A new line or a new edge is a decision; write down why in docs/decisions. */
class LayersTest extends LayersContract {

    LayersTest() {
        super("io.evcache.core", """
            core                     ->
            core.time                ->
            core.error               ->
            core.key                 ->
            core.value               -> core.value.zstd
            core.value.zstd          -> com.github.luben.zstd..
            core.value.jackson       -> core.value, com.fasterxml.jackson..
            core.value.protobuf      -> core.value, com.google.protobuf..
            core.tls                 ->
            core.topology..          ->
            core.ring                -> core.key
            core.command             -> core.key, core.value
            core.transport           -> core.command, core.topology, core.key, core.value, core.tls
            core.transport.netty     -> core.transport, core.command, core.topology, core.key, core.value, core.tls, io.netty..
            core.node                -> core.transport, core.command, core.topology, core.key
            core.zone                -> core.node, core.ring, core.transport, core.topology, core.command, core.key, core.value
            """);
    }
}
