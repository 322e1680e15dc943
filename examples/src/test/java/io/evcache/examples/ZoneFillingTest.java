package io.evcache.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.evcache.client.EvCacheClient;
import io.evcache.client.warmup.WarmUpResult;
import io.evcache.testkit.EmbeddedZones;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ZoneFillingTest {

    @Test
    void zoneThatIsFilledServesReads() throws Exception {
        try (EmbeddedZones zones = EmbeddedZones.start(1, "a", "c");
                EvCacheClient source =
                        EvCacheClient.connect("a=" + zones.node("a", 0).address());
                EvCacheClient client =
                        EvCacheClient.connect(zones.connectString().replace("c=", "c(WRITE_ONLY)="))) {
            assertThat(source.cache("names").set("1", "Ada")).isTrue();

            WarmUpResult result = ZoneFilling.fill(client).toCompletableFuture().get(1, TimeUnit.MINUTES);
            ZoneFilling.serve(client, result);
            zones.stopZone("a");

            assertThat(client.cache("names").get("1")).isEqualTo("Ada");
        }
    }
}
