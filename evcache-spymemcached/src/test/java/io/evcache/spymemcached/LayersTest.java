package io.evcache.spymemcached;

import io.evcache.archrules.LayersContract;

/** Which package may use which. A new line or a new edge is a decision; write down why in docs/decisions. */
class LayersTest extends LayersContract {

    LayersTest() {
        super("io.evcache.spymemcached", """
            spymemcached             -> core.transport, core.command, core.topology, core.key, core.value, net.spy..
            """);
    }
}
