package io.evcache.examples;

import io.evcache.client.EvCache;
import io.evcache.client.EvCacheConfig;
import io.evcache.client.GetResult;
import io.evcache.client.pipeline.WriteLatch;
import io.evcache.client.pipeline.WritePolicy;
import io.evcache.core.topology.ZoneMode;
import java.time.Duration;

/** Code that the documentation shows, kept compiling and run by a test. */
final class Fragments {
    private Fragments() {}

    static EvCacheConfig configuration() {
        // snippet: configuration
        EvCacheConfig config = EvCacheConfig.builder()
                .region("eu-west-1")
                .localZone("eu-west-1a")
                .zone("eu-west-1a", "10.0.1.10:11211", "10.0.1.11:11211")
                .zone("eu-west-1b", "10.0.2.10:11211", "10.0.2.11:11211")
                .zone("eu-west-1c", zone -> zone.nodes("10.0.3.10:11211").mode(ZoneMode.WRITE_ONLY))
                .readTimeout(Duration.ofMillis(50))
                .writeTimeout(Duration.ofMillis(250))
                .writePolicy(WritePolicy.QUORUM)
                .build(); // fails with every problem listed at once
        // end
        return config;
    }

    static void truth(EvCache<String> greetings) {
        // snippet: truth
        GetResult<String> result = greetings.lookup("hello");
        switch (result.status()) {
            case HIT -> System.out.println(result.value() + " from zone " + result.zone());
            case MISS, KNOWN_ABSENT -> System.out.println("not cached");
            case FAILED -> System.out.println("unreachable: " + result.cause());
        }

        WriteLatch latch = greetings.async().set("hello", "world", Duration.ofMinutes(10), WritePolicy.ALL);
        if (!latch.await(Duration.ofMillis(50))) {
            System.out.println(latch.succeeded() + " of " + latch.expected() + " zones: " + latch.byZone());
        }
        // end
    }
}
