package io.evcache.client;

import io.evcache.client.pipeline.Interceptor;
import io.evcache.core.node.NodeRoute;
import java.time.Duration;
import org.awaitility.Awaitility;

/** Clients for tests of what is answered, not of when: a machine that stands still for seconds makes no read a miss and no write a failure, and all nodes are connected from the start. */
public final class Patient {
    /** More than any answer takes, less than a test may. */
    public static final Duration TIMEOUT = Duration.ofSeconds(30);

    private Patient() {}

    public static EvCacheClient connect(String zones) {
        return connected(EvCacheClient.connect(builder(zones).build()));
    }

    public static EvCacheClient connect(String zones, String localZone) {
        return connected(
                EvCacheClient.connect(builder(zones).localZone(localZone).build()));
    }

    public static EvCacheClient connect(String zones, Interceptor interceptor) {
        return connected(EvCacheClient.builder(builder(zones).build())
                .interceptor(interceptor)
                .connect());
    }

    private static EvCacheConfig.Builder builder(String zones) {
        return EvCacheConfig.builder(zones).readTimeout(TIMEOUT).writeTimeout(TIMEOUT);
    }

    /** On a busy machine a client starts with nodes missing. One that cannot reach the zone which decides who loads, loads itself. */
    private static EvCacheClient connected(EvCacheClient client) {
        Awaitility.await()
                .atMost(TIMEOUT)
                .until(() -> client.view().zones().stream()
                        .allMatch(zone -> zone.nodes().stream().allMatch(NodeRoute::isConnected)));
        return client;
    }
}
