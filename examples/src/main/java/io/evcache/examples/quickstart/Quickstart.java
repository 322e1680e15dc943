package io.evcache.examples.quickstart;

import io.evcache.client.EvCache;
import io.evcache.client.EvCacheClient;
import io.evcache.testkit.EmbeddedZones;
import java.time.Duration;

/** Sets and gets one value in two zones of memcached, which run inside this program. */
public final class Quickstart {
    private Quickstart() {}

    public static void main(String[] args) {
        try (EmbeddedZones zones = EmbeddedZones.start(2, "a", "b")) {
            String zonesAndNodes = zones.connectString(); // such as a=localhost:11211,localhost:11212;b=localhost:11213
            System.out.println("zones: " + zonesAndNodes);
            // snippet: quickstart
            try (EvCacheClient client = EvCacheClient.connect(zonesAndNodes)) {
                EvCache<String> greetings = client.cache("greetings");
                greetings.set("hello", "world", Duration.ofMinutes(10));
                System.out.println(greetings.get("hello"));
            }
            // end
            System.out.println("held by zones: " + zones.zonesHolding("greetings:hello"));
        }
    }
}
