package io.evcache.examples.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.evcache.client.EvCache;
import io.evcache.client.EvCacheClient;
import io.evcache.client.EvCacheConfig;
import io.evcache.client.pipeline.WritePolicy;
import io.evcache.core.value.Codec;
import io.evcache.testkit.EmbeddedZones;
import io.evcache.testkit.EmbeddedZonesExtension;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

// snippet: zones
class ProfilesTest {
    @RegisterExtension
    static final EmbeddedZonesExtension servers = EmbeddedZonesExtension.of(2, "a", "b", "c");

    @Test
    void anotherZoneAnswersWhileOneIsDown(EmbeddedZones zones) {
        EvCacheConfig config = EvCacheConfig.builder(zones.connectString()) // a=127.0.0.1:41001,127.0.0.1:41002;b=...
                .readTimeout(Duration.ofSeconds(5)) // a build machine may be busy
                .writeTimeout(Duration.ofSeconds(5))
                .writePolicy(WritePolicy.ALL)
                .build();
        try (EvCacheClient client = EvCacheClient.connect(config)) {
            EvCache<String> profiles = client.cache("profiles", Codec.utf8());
            assertThat(profiles.set("42", "Ada")).isTrue();

            zones.stopZone("a");

            assertThat(profiles.get("42")).isEqualTo("Ada");
            assertThat(zones.zonesHolding("profiles:42")).containsExactly("b", "c");
            zones.startZone("a"); // same ports, empty
        }
    }
}
// end
