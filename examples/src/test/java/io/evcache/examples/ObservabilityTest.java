package io.evcache.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.evcache.client.EvCacheClient;
import io.evcache.client.EvCacheConfig;
import io.evcache.testkit.EmbeddedZonesExtension;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ObservabilityTest {
    @RegisterExtension
    static final EmbeddedZonesExtension servers = EmbeddedZonesExtension.of(1, "a", "b");

    @Test
    void metersAreBoundWithTheBucketsOfACache() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        Observability.histogram(registry);
        try (EvCacheClient client = EvCacheClient.connect(servers.connectString())) {
            Observability.metrics(client, registry);

            client.cache("profiles").get("42");

            await().until(() -> registry.find("evcache.operation").timer() != null);
            assertThat(registry.get("evcache.operation").timer().takeSnapshot().histogramCounts())
                    .hasSize(10);
        }
    }

    @Test
    void readsAreCounted() {
        assertThat(Observability.stats(EvCacheConfig.parse(servers.connectString())))
                .startsWith("1 in PT");
    }

    @Test
    void callsAreObserved() {
        Queue<String> ended = new ConcurrentLinkedQueue<>();
        ObservationRegistry registry = ObservationRegistry.create();
        registry.observationConfig().observationHandler(new ObservationHandler<Observation.Context>() {
            @Override
            public void onStop(Observation.Context context) {
                ended.add(String.valueOf(context.getContextualName()));
            }

            @Override
            public boolean supportsContext(Observation.Context context) {
                return true;
            }
        });
        try (EvCacheClient client = Observability.tracing(EvCacheConfig.parse(servers.connectString()), registry)) {
            client.cache("profiles").get("42");

            await().untilAsserted(() -> assertThat(ended).containsExactly("get profiles"));
        }
    }

    @Test
    void readingSucceedsByEveryPolicyShown() {
        try (EvCacheClient client = EvCacheClient.connect(servers.connectString())) {
            await().until(() -> client.cache("prices").set("42", "7"));
            await().untilAsserted(() -> assertThat(Reading.read(client)).isEqualTo("7, 7, [HIT, MISS]"));
        }
    }
}
