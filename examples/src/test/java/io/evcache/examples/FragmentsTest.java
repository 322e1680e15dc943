package io.evcache.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.evcache.client.EvCache;
import io.evcache.client.EvCacheClient;
import io.evcache.client.EvCacheConfig;
import io.evcache.client.load.CacheAside;
import io.evcache.core.ring.RingDialect;
import io.evcache.core.value.Codec;
import io.evcache.core.value.ValueFlags;
import io.evcache.examples.quickstart.Quickstart;
import io.evcache.replication.kafka.KafkaNearCacheFeed;
import io.evcache.testkit.EmbeddedZones;
import io.evcache.testkit.TestAuthority;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

class FragmentsTest {

    @Test
    void theConfigurationIsValid() {
        EvCacheConfig config = Fragments.configuration();

        assertThat(config.localZone()).isEqualTo("eu-west-1a");
    }

    @Test
    void theConfigurationWithTlsIsValid() {
        try (TestAuthority authority = TestAuthority.create()) {
            assertThat(Fragments.encrypted(authority.certificate()).transport().tls())
                    .isPresent();
        }
    }

    @Test
    void theConfigurationForLargeValuesIsValid() {
        assertThat(Fragments.largeValues().bigValues()).isPresent();
    }

    @Test
    void theLatchTellsThatNoZoneFailed() throws Exception {
        try (EmbeddedZones zones = EmbeddedZones.start(1, "a", "b");
                EvCacheClient client = EvCacheClient.connect(zones.connectString())) {
            EvCache<String> profiles = Fragments.typed(client, Codec.utf8());

            assertThat(Fragments.latch(profiles, "Ada", Duration.ofMinutes(1)).get())
                    .isEmpty();
        }
    }

    @Test
    void longPagesAreStoredCompressed() throws Exception {
        try (EmbeddedZones zones = EmbeddedZones.start(1, "a");
                EvCacheClient client = EvCacheClient.connect(zones.connectString())) {
            EvCache<String> pages = Fragments.compressed(client);
            String page = "line\n".repeat(2_000);
            pages.set("long", page);

            assertThat(pages.get("long")).isEqualTo(page);
            assertThat(zones.peek("a", "pages:long").orElseThrow().flags()).isEqualTo(ValueFlags.COMPRESSED);
        }
    }

    @Test
    void namesAndCountersAreStored() throws Exception {
        try (EmbeddedZones zones = EmbeddedZones.start(1, "a", "b");
                EvCacheClient client = EvCacheClient.connect(zones.connectString())) {
            EvCache<String> names = client.cache("names");

            assertThat(Fragments.compareAndSet(names)).isTrue();
            assertThat(Fragments.compareAndSet(names)).isTrue();
            assertThat(names.get("all")).isEqualTo("Ada,Ada");
            assertThat(Fragments.counters(client)).hasValue(1);
            assertThat(Fragments.counters(client)).hasValue(2);
        }
    }

    @Test
    void theNearCacheAnswersTheSecondRead() {
        try (EmbeddedZones zones = EmbeddedZones.start(1, "a");
                EvCacheClient client = EvCacheClient.connect(zones.connectString())) {
            EvCache<String> profiles = Fragments.near(client);
            profiles.async().set("42", "Ada").settled().toFuture().join();
            profiles.get("42");
            profiles.get("42");

            assertThat(Fragments.nearReport(profiles)).startsWith("0.5 ");
        }
    }

    @Test
    void whatIsWrittenBehindReachesTheSource() {
        Map<String, Long> source = new ConcurrentHashMap<>();
        try (EmbeddedZones zones = EmbeddedZones.start(1, "a");
                EvCacheClient client = EvCacheClient.connect(zones.connectString());
                CacheAside<String, Long> counters = CacheAside.over(
                                client.cache("counters", Codec.int64()), (String key) -> key)
                        .loader(key -> source.getOrDefault(key, 0L))
                        .build()) {
            Fragments.writeBehind(counters, source::putAll);

            assertThat(source).isEqualTo(Map.of("visits:home", 4711L));
        }
    }

    @Test
    void dataOfOtherClientsIsUnderTheirKeys() throws Exception {
        try (EmbeddedZones zones = EmbeddedZones.start(1, "a")) {
            try (EvCacheClient client = Fragments.fromNetflix(zones.connectString())) {
                assertThat(zones.zonesHolding("profiles:42")).containsExactly("a");
                assertThat(zones.peek("a", "42").orElseThrow().text()).isEqualTo("plain");
                assertThat(Fragments.fromFolsom(client).get("42")).isEqualTo("plain");
            }
            try (EvCacheClient client =
                    Fragments.fromSpymemcached(zones.node("a", 0).address())) {
                assertThat(client.config().ringDialect()).isEqualTo(RingDialect.SPYMEMCACHED);
                assertThat(zones.peek("a", "42").orElseThrow().text()).isEqualTo("Ada");
            }
        }
    }

    @Test
    void classicProtocol() {
        try (EmbeddedZones zones = EmbeddedZones.start(1, "a", "b");
                EvCacheClient client = Fragments.classicProtocol(EvCacheConfig.parse(zones.connectString()))) {
            EvCache<String> cache = client.cache("old", Codec.utf8());
            assertThat(cache.set("42", "Ada", Duration.ofMinutes(1))).isTrue();
            assertThat(cache.get("42")).isEqualTo("Ada");
        }
    }

    @Test
    void theFeedStartsAndEndsWithoutABroker() {
        try (EmbeddedZones zones = EmbeddedZones.start(1, "a");
                EvCacheClient client = EvCacheClient.connect(zones.connectString());
                KafkaNearCacheFeed feed = Fragments.feed(client, "localhost:1")) {
            assertThat(feed.heard()).isZero();
        }
    }

    @Test
    void theTruthIsPrintedForAHit() throws Exception {
        try (EmbeddedZones zones = EmbeddedZones.start(1, "a", "b");
                EvCacheClient client = EvCacheClient.connect(zones.connectString())) {
            EvCache<String> greetings = client.cache("greetings");
            greetings.set("hello", "world", Duration.ofMinutes(1));

            assertThat(printedBy(() -> Fragments.truth(greetings))).startsWith("world from zone a");
        }
    }

    @Test
    void theQuickstartPrintsTheValueAndBothZones() throws Exception {
        assertThat(printedBy(() -> Quickstart.main(new String[0])))
                .contains("world")
                .contains("held by zones: [a, b]");
    }

    private static String printedBy(Runnable action) {
        PrintStream out = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            action.run();
        } finally {
            System.setOut(out);
        }
        return printed.toString(StandardCharsets.UTF_8);
    }
}
