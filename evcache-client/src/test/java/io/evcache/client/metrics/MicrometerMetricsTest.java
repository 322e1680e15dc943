package io.evcache.client.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.evcache.client.EvCache;
import io.evcache.client.EvCacheClient;
import io.evcache.client.EvCacheConfig;
import io.evcache.client.LogLines;
import io.evcache.client.load.CacheAside;
import io.evcache.client.near.NearCacheOptions;
import io.evcache.core.topology.ZoneMode;
import io.evcache.core.value.Codec;
import io.evcache.core.value.Compression;
import io.evcache.testkit.EmbeddedZonesExtension;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class MicrometerMetricsTest {
    @RegisterExtension
    static final EmbeddedZonesExtension servers = EmbeddedZonesExtension.of(2, "a", "b", "w");

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private EvCacheClient client;
    private EvCache<String> cache;

    @BeforeEach
    void connect() {
        use(EvCacheClient.connect(config()));
    }

    private void use(EvCacheClient connected) {
        client = connected;
        await().until(() -> client.view().zones().stream()
                .flatMap(zone -> zone.nodes().stream())
                .allMatch(node -> node.isConnected()));
        cache = client.cache("profiles");
    }

    private static EvCacheConfig config() {
        return EvCacheConfig.builder()
                .name("shop")
                .zone("a", addresses("a"))
                .zone("b", addresses("b"))
                .zone("w", zone -> zone.nodes(addresses("w")).mode(ZoneMode.WRITE_ONLY))
                .readTimeout(Duration.ofSeconds(10))
                .writeTimeout(Duration.ofSeconds(10))
                .build();
    }

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void everyDefinedMeterExistsWithItsTagsAndNoOtherOnes() {
        EvCacheClient old = client;
        use(EvCacheClient.builder(config()).migratingFrom(old).connect());
        EvCache<String> near =
                client.cache("profiles", Codec.utf8(), options -> options.nearCache(NearCacheOptions.ofSize(10)));
        try (CacheAside<String, String> aside =
                CacheAside.over(cache, (String key) -> key).loader(key -> "v").build()) {
            MicrometerMetrics.bind(client, registry).watch(near).watch(aside);
        }

        everything();

        Set<String> defined =
                Arrays.stream(Meters.values()).map(Meters::meterName).collect(Collectors.toSet());
        await().untilAsserted(() -> assertThat(names()).isEqualTo(defined));
        for (Meters meter : Meters.values()) {
            List<String> keys = meter.labels().stream().map(Label::key).sorted().toList();
            assertThat(registry.find(meter.meterName()).meters()).isNotEmpty().allSatisfy(one -> {
                assertThat(one.getId().getTags()).extracting(Tag::getKey).containsExactlyElementsOf(keys);
                assertThat(one.getId().getDescription()).isEqualTo(meter.meaning());
                assertThat(one.getId().getTag("client")).isEqualTo("shop");
            });
        }
        client.close();
        client = old;
    }

    @Test
    void noTagHoldsAKey() {
        MicrometerMetrics.bind(client, registry);

        everything();

        await().until(() -> registry.find("evcache.operation").meters().size() > 2);
        assertThat(registry.getMeters())
                .allSatisfy(meter -> assertThat(meter.getId().getTags())
                        .extracting(Tag::getValue)
                        .noneMatch(value -> value.contains("secret")));
    }

    @Test
    void operationTellsTheZoneAndWhetherItWasTheFirst() {
        MicrometerMetrics.bind(client, registry);
        cache.async().set("secret", "v").settled().toFuture().join();
        cache.get("secret");
        servers.zones().stopZone("a");

        cache.get("secret");

        await().untilAsserted(() -> {
            assertThat(timers("outcome", "hit", "zone", "a", "attempt", "first"))
                    .isEqualTo(1);
            assertThat(timers("outcome", "hit", "zone", "b", "attempt", "fallback"))
                    .isEqualTo(1);
            assertThat(timers("operation", "set", "zone", "all", "attempt", "all"))
                    .isEqualTo(1);
        });
    }

    @Test
    void gaugesTellNodesByStateAndWhatIsUnanswered() {
        MicrometerMetrics.bind(client, registry);

        assertThat(nodes("a", "up")).isEqualTo(2);
        assertThat(nodes("w", "write_only")).isEqualTo(2);
        assertThat(nodes("w", "up")).isZero();
        servers.zones().node("a", 0).stop();
        await().untilAsserted(() -> assertThat(nodes("a", "down")).isEqualTo(1));
        assertThat(nodes("a", "up")).isEqualTo(1);
        servers.zones().hangZone("b");
        var unanswered = cache.async().set("k", "v");
        assertThat(gauge("evcache.queue", Tags.of("zone", "b"))).isEqualTo(1);
        servers.zones().resumeZone("b");
        unanswered.settled().toFuture().join();
        assertThat(gauge("evcache.queue", Tags.of("zone", "b"))).isZero();
    }

    @Test
    void sizesAreThoseOfStoredValuesPlainOrCompressed() {
        MicrometerMetrics.bind(client, registry);
        EvCache<String> compressing = client.cache("compressed", Codec.utf8().compressed(Compression.gzip()));

        cache.set("k", "four");
        compressing.set("k", "x".repeat(100_000));

        await().untilAsserted(() -> {
            assertThat(registry.get("evcache.value.size")
                            .tags("cache", "profiles", "operation", "set", "compressed", "false")
                            .summary()
                            .max())
                    .isEqualTo(4);
            assertThat(registry.get("evcache.value.size")
                            .tags("cache", "compressed", "compressed", "true")
                            .summary()
                            .max())
                    .isBetween(10.0, 10_000.0);
        });
    }

    @Test
    void cachesBeyondTheLimitShareOneName() {
        MicrometerMetrics.bind(client, registry);

        IntStream.range(0, 130).forEach(i -> client.cache("cache" + i).get("k"));

        await().untilAsserted(() -> assertThat(registry.get("cache.gets")
                        .tags("cache", "other", "result", "miss")
                        .counter()
                        .count())
                .isEqualTo(30));
        Set<String> caches = registry.find("cache.gets").meters().stream()
                .map(meter -> String.valueOf(meter.getId().getTag("cache")))
                .collect(Collectors.toSet());
        assertThat(caches).hasSize(101).contains("cache99").doesNotContain("cache100");
    }

    @Test
    void namesBeyondTheLimitAreOther() {
        Bounded<StringBuilder> bounded = new Bounded<>(2, StringBuilder::new);

        StringBuilder first = bounded.of("a");
        StringBuilder second = bounded.of("b");

        assertThat(bounded.of("a")).isSameAs(first);
        assertThat(bounded.of("b")).isSameAs(second);
        assertThat(bounded.of("c")).isSameAs(bounded.of("d")).hasToString("other");
        assertThat(bounded.nameOf("b")).isEqualTo("b");
        assertThat(bounded.nameOf("d")).isEqualTo("other");
    }

    @Test
    void closingTheMetricsRemovesTheMetersAndLeavesTheClientAlone() {
        MicrometerMetrics metrics = MicrometerMetrics.bind(client, registry);
        everything();

        metrics.close();
        metrics.close();
        everything();

        assertThat(registry.getMeters()).isEmpty();
        assertThat(cache.set("k", "v")).isTrue();
    }

    @Test
    void closingTheClientRemovesTheMeters() {
        MicrometerMetrics.bind(client, registry);
        everything();

        client.close();

        assertThat(registry.getMeters()).isEmpty();
    }

    /** Two clients of one name share meters: closing the one removed those of the other, for good. */
    @Test
    void aSecondClientOfTheSameNameIsWarnedAbout() {
        try (LogLines log = LogLines.of(MicrometerMetrics.class)) {
            MicrometerMetrics first = MicrometerMetrics.bind(client, registry);
            assertThat(log.lines()).isEmpty();

            MicrometerMetrics.bind(client, registry);
            MicrometerMetrics.bind(client, registry, Tags.of("team", "blue"));

            assertThat(log.lines())
                    .singleElement()
                    .asString()
                    .startsWith("WARN [shop] ")
                    .contains("name");
            first.close();
        }
    }

    @Test
    void metersThatAreNotOursStay() {
        registry.counter("mine");
        MicrometerMetrics.bind(client, registry).close();

        assertThat(names()).containsExactly("mine");
    }

    @Test
    void furtherTagsAreOnEveryMeter() {
        MicrometerMetrics.bind(client, registry, Tags.of("team", "blue"));
        everything();

        assertThat(registry.getMeters())
                .isNotEmpty()
                .allSatisfy(meter -> assertThat(meter.getId().getTag("team")).isEqualTo("blue"));
    }

    private void everything() {
        cache.set("secret", "v");
        cache.get("secret");
        cache.delete("secret");
    }

    private Set<String> names() {
        return registry.getMeters().stream()
                .map(Meter::getId)
                .map(Meter.Id::getName)
                .collect(Collectors.toSet());
    }

    private long timers(String... tags) {
        return registry.find("evcache.operation").tags(tags).timers().stream()
                .mapToLong(timer -> timer.count())
                .sum();
    }

    private double nodes(String zone, String state) {
        return gauge("evcache.nodes", Tags.of("zone", zone, "state", state));
    }

    private double gauge(String name, Tags tags) {
        Gauge gauge = registry.get(name).tags(tags).gauge();
        return gauge.value();
    }

    private static String[] addresses(String zone) {
        return servers.zones().nodes(zone).stream().map(node -> node.address()).toArray(String[]::new);
    }
}
