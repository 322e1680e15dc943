package io.evcache.examples;

import io.evcache.client.CacheStats;
import io.evcache.client.EvCacheClient;
import io.evcache.client.EvCacheConfig;
import io.evcache.client.metrics.MicrometerMetrics;
import io.evcache.client.metrics.ObservedCalls;
import io.evcache.replication.app.RelayMain;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.micrometer.observation.ObservationRegistry;
import java.time.Duration;
import java.util.stream.DoubleStream;

/** Code that the guide to observability shows. */
final class Observability {
    private Observability() {}

    static void metrics(EvCacheClient client, MeterRegistry registry) {
        // snippet: metrics
        MicrometerMetrics.bind(client, registry);
        // end
    }

    static void relay(MeterRegistry registry, String[] arguments) {
        // snippet: relay
        Metrics.addRegistry(registry);
        RelayMain.main(arguments);
        // end
    }

    static void histogram(MeterRegistry registry) {
        // snippet: histogram
        registry.config().meterFilter(new MeterFilter() {
            @Override
            public DistributionStatisticConfig configure(Meter.Id id, DistributionStatisticConfig config) {
                if (!id.getName().equals("evcache.operation")) {
                    return config;
                }
                double[] nanos = DoubleStream.of(0.25, 0.5, 1, 2, 5, 10, 20, 50, 100, 500)
                        .map(millis -> millis * 1_000_000)
                        .toArray();
                return DistributionStatisticConfig.builder()
                        .serviceLevelObjectives(nanos)
                        .build()
                        .merge(config);
            }
        });
        // end
    }

    static String stats(EvCacheConfig config) {
        // snippet: stats
        try (EvCacheClient client = EvCacheClient.builder(config).recordStats().connect()) {
            CacheStats before = client.stats("profiles");
            client.cache("profiles").get("42");
            CacheStats since = client.stats("profiles").minus(before);
            System.out.println(
                    since.hitRate() + " of " + since.reads() + " reads, " + since.readFailures() + " failed");
            // end
            return since.reads() + " in " + Duration.ofNanos(since.readNanos());
        }
    }

    static EvCacheClient tracing(EvCacheConfig config, ObservationRegistry observations) {
        // snippet: tracing
        EvCacheClient client = EvCacheClient.builder(config)
                .interceptor(ObservedCalls.of(config.name(), observations))
                .connect();
        // end
        return client;
    }
}
