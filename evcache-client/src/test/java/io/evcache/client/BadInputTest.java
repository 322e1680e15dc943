package io.evcache.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evcache.client.load.CacheAside;
import io.evcache.client.load.CacheAsideBuilder;
import io.evcache.client.load.SourceWrite;
import io.evcache.client.pipeline.ReadPolicy;
import io.evcache.client.pipeline.WritePolicy;
import io.evcache.core.error.CodecFailure;
import io.evcache.core.error.IllegalKeyException;
import io.evcache.core.error.InvalidConfiguration;
import io.evcache.core.value.Codec;
import io.evcache.core.value.EncodedValue;
import io.evcache.testkit.EmbeddedZonesExtension;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each line is refused with a clear exception, on the calling thread, before anything is sent. */
class BadInputTest {
    @RegisterExtension
    static final EmbeddedZonesExtension servers = EmbeddedZonesExtension.of(1, "a");

    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final CasToken TOKEN = new CasToken("a", 1);

    private static EvCacheClient client;
    private static EvCache<String> cache;

    private final Map<String, String> statsBefore = traffic();

    @BeforeAll
    static void connect() {
        client = EvCacheClient.connect(servers.connectString());
        EvCacheClientTest.awaitConnected(client);
        cache = client.cache("bad");
    }

    @AfterAll
    static void close() {
        client.close();
    }

    @AfterEach
    void nothingWasSent() {
        assertThat(traffic()).isEqualTo(statsBefore);
    }

    static List<String> illegalKeys() {
        return List.of(
                "",
                "k".repeat(247),
                "ü".repeat(124),
                "a\rb",
                "a\nb",
                "a\r\nb",
                "a b",
                "a\tb",
                "a\0b",
                "a\u007Fb",
                "\uD800",
                "a\uDC00b");
    }

    @ParameterizedTest
    @MethodSource("illegalKeys")
    void illegalKeyIsRefusedByEveryVerb(String key) {
        List<Consumer<String>> verbs = List.of(
                cache::get,
                cache::lookup,
                k -> cache.getAll(List.of("fine", k)),
                k -> cache.set(k, "v"),
                k -> cache.set(k, "v", MINUTE),
                k -> cache.add(k, "v"),
                k -> cache.add(k, "v", MINUTE),
                cache::delete,
                k -> cache.touch(k, MINUTE),
                k -> cache.getAndTouch(k, MINUTE),
                k -> cache.getOrLoad(k, any -> "v"),
                k -> cache.inspect(k),
                k -> cache.replace(k, "v"),
                k -> cache.append(k, "v"),
                k -> cache.prepend(k, "v"),
                k -> cache.appendOrAdd(k, "v"),
                k -> cache.compareAndSet(k, "v", TOKEN),
                k -> cache.setAll(Map.of("fine", "v", k, "v")),
                k -> cache.deleteAll(List.of("fine", k)),
                k -> client.counters("bad").get(k),
                k -> client.counters("bad").incrementIfPresent(k, 1),
                k -> cache.async().get(k),
                k -> cache.async().lookup(k),
                k -> cache.async().getAll(List.of("fine", k)),
                k -> cache.async().set(k, "v"),
                k -> cache.async().set(k, "v", MINUTE, WritePolicy.ONE),
                k -> cache.async().add(k, "v", MINUTE),
                k -> cache.async().delete(k),
                k -> cache.async().touch(k, MINUTE));

        assertThat(verbs)
                .allSatisfy(verb -> assertThatThrownBy(() -> verb.accept(key)).isInstanceOf(IllegalKeyException.class));
    }

    @Test
    void lengthOfAKeyCountsItsNamespace() {
        assertThatThrownBy(() -> cache.get("k".repeat(247)))
                .isInstanceOf(IllegalKeyException.class)
                .hasMessageContaining("251 bytes");
    }

    static Stream<Duration> illegalTtls() {
        return Stream.of(
                Duration.ZERO,
                Duration.ofSeconds(-1),
                Duration.ofNanos(-1),
                Duration.ofDays(3651),
                Duration.ofSeconds(Duration.ofDays(7).toMillis())); // milliseconds taken for seconds
    }

    @ParameterizedTest
    @MethodSource("illegalTtls")
    void illegalTtlIsRefusedByEveryVerb(Duration ttl) {
        List<ThrowingCallable> verbs = List.of(
                () -> cache.set("k", "v", ttl),
                () -> cache.add("k", "v", ttl),
                () -> cache.touch("k", ttl),
                () -> cache.getAndTouch("k", ttl),
                () -> cache.replace("k", "v", ttl),
                () -> cache.appendOrAdd("k", "v", ttl),
                () -> cache.compareAndSet("k", "v", TOKEN, ttl),
                () -> cache.setAll(Map.of("k", "v"), ttl),
                () -> client.counters("c").increment("k", 1, 1, ttl),
                () -> cache.async().set("k", "v", ttl),
                () -> cache.async().set("k", "v", ttl, WritePolicy.ONE),
                () -> cache.async().add("k", "v", ttl),
                () -> cache.async().touch("k", ttl),
                () -> cache.async().getAndTouch("k", ttl), // said so in the future, and only after a hit
                () -> cache.async().setAll(Map.of("k", "v"), ttl),
                () -> client.counters("c").async().increment("k", 1, 1, ttl),
                () -> client.cache("c", Codec.utf8(), o -> o.ttl(ttl)));

        assertThat(verbs)
                .allSatisfy(verb -> assertThatThrownBy(verb)
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("TTL must be at "));
    }

    @Test
    void negativeNumbersOfCountersAreRefusedAsTheyWereGiven() {
        Counters counters = client.counters("bad");

        assertThatThrownBy(() -> counters.increment("k", -1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith("must not be negative, was -1");
        assertThatThrownBy(() -> counters.increment("k", 1, -2, MINUTE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith("must not be negative, was -2");
    }

    @Test
    void optionsTellAllThatWasChosen() {
        assertThat(CacheOptions.defaults(Codec.utf8()).hotKeys(3)).asString().contains("3 hot keys");
    }

    @Test
    void valueOverTheLimitIsRefusedWithSizeLimitAndKey() {
        String value = "x".repeat(1_047_553);

        assertThatThrownBy(() -> cache.set("k", value))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("value of 1047553 bytes for bad:k is over the limit of 1047552 bytes (maxValueBytes)");
        assertThatThrownBy(() -> cache.async().add("k", value)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void nullIsRefusedByName() {
        assertRefusesNull("key", () -> cache.get(none()));
        assertRefusesNull("key", () -> cache.lookup(none()));
        assertRefusesNull("keys", () -> cache.getAll(none()));
        assertRefusesNull("value", () -> cache.set("k", none()));
        assertRefusesNull("ttl", () -> cache.set("k", "v", none()));
        assertRefusesNull("ttl", () -> cache.touch("k", none()));
        assertRefusesNull("policy", () -> cache.async().set("k", "v", MINUTE, none()));
        assertRefusesNull("codec", () -> client.cache("c", BadInputTest.<Codec<String>>none()));
        assertRefusesNull("config", () -> EvCacheClient.builder(none()));
        assertRefusesNull("detail", () -> cache.lookup("k", BadInputTest.<Detail>none()));
        assertRefusesNull("zone", () -> client.warmUp(none()));
        assertRefusesNull("what change returned", () -> client.update(settings -> none()));
    }

    @Test
    void nullIsRefusedByNameWhereCachesAreMade() {
        Codec<String> codec = Codec.utf8();

        assertRefusesNull("name", () -> client.cache(none()));
        assertRefusesNull("name", () -> client.counters(none()));
        assertRefusesNull("codec", () -> client.cache("c", BadInputTest.<Codec<String>>none(), o -> o));
        assertRefusesNull("options", () -> client.cache("c", codec, none()));
        assertRefusesNull("what options returned", () -> client.cache("c", codec, o -> none()));
        assertRefusesNull("options", () -> client.counters("c", none()));
        assertRefusesNull("what options returned", () -> client.counters("c", o -> none()));
        assertRefusesNull("ttl", () -> client.cache("c", codec, o -> o.ttl(none())));
    }

    @Test
    void nullIsRefusedByNameWhereClientsAreMade() {
        EvCacheConfig config = client.config();

        assertRefusesNull("properties", () -> EvCacheConfig.fromProperties(none()));
        assertRefusesNull("topology", () -> EvCacheConfig.builder().topology(none()));
        assertRefusesNull("topology", () -> EvCacheClient.builder(config).topology(none()));
        assertRefusesNull("old", () -> EvCacheClient.builder(config).migratingFrom(none()));
        assertRefusesNull("old", () -> EvCacheClient.builder(config).migratingFrom(none(), migration -> migration));
        assertRefusesNull("zones", () -> ReadPolicy.startingWith(none()));
    }

    @Test
    void nullIsRefusedByNameAroundADao() {
        CacheAsideBuilder<String, String> builder =
                CacheAside.over(cache, (String key) -> key).loader(key -> "v");

        assertRefusesNull("ttl", () -> builder.negativeTtl(none()));
        assertRefusesNull("timeout", () -> builder.loadTimeout(none()));
        assertRefusesNull("lease", () -> builder.leases(none(), MINUTE));
        assertRefusesNull("wait", () -> builder.leases(MINUTE, none()));
        assertRefusesNull("time", () -> builder.serveStaleOnError(none()));
        try (CacheAside<String, String> aside = builder.build()) {
            assertRefusesNull("timeout", () -> aside.get("k", none()));
            assertRefusesNull("time", () -> aside.markStale("k", none()));
            assertRefusesNull(
                    "change", () -> aside.writeThenInvalidate("k", BadInputTest.<SourceWrite<Exception>>none()));
            assertRefusesNull(
                    "change",
                    () -> aside.writeThenInvalidate(
                            "k", BadInputTest.<SourceWrite.Returning<String, Exception>>none()));
            assertRefusesNull("change", () -> aside.writeThrough("k", "v", none()));
        }
    }

    @Test
    void valueThatTheCodecCannotEncodeIsRefusedWhateverItThrows() {
        Codec<String> broken = new Codec<>() {
            @Override
            public EncodedValue encode(String value) {
                throw new IllegalStateException("broken");
            }

            @Override
            public String decode(EncodedValue value) {
                throw new IllegalStateException("broken");
            }
        };

        assertThatThrownBy(() -> cache.set("k", "\uD800")).isInstanceOf(CodecFailure.class);
        assertThatThrownBy(() -> client.cache("bad", broken).set("k", "v"))
                .isInstanceOf(CodecFailure.class)
                .hasMessageContaining("bad:k")
                .hasRootCauseMessage("broken");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a:b", "a\n"})
    void illegalCacheNameIsRefused(String name) {
        assertThatThrownBy(() -> client.cache(name)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, 1, Double.NaN})
    void illegalJitterIsRefused(double share) {
        assertThatThrownBy(() -> client.cache("c", Codec.utf8(), o -> o.ttlJitter(share)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("ttlJitter");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "a=", "a=h:1,h:1", "a=h:0", "a=h:65536", "a=h:x", "a=h", "a=h:1;a=h:2", "=h:1", "a=h:1;b=h:1"
            })
    void illegalZonesAreRefused(String zones) {
        assertThatThrownBy(() -> EvCacheClient.connect(zones)).isInstanceOf(InvalidConfiguration.class);
    }

    @Test
    void unknownLocalZoneIsRefused() {
        assertThatThrownBy(() -> EvCacheConfig.builder("a=h:1").localZone("b").build())
                .isInstanceOf(InvalidConfiguration.class)
                .hasMessageContaining("'b'");
    }

    private static void assertRefusesNull(String what, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(NullPointerException.class).hasMessage(what);
    }

    /** What callers without null checks may pass. */
    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
    private static <T> T none() {
        return null;
    }

    private static Map<String, String> traffic() {
        Map<String, String> stats = servers.zones().node("a", 0).stats();
        return Map.of("gets", stats.getOrDefault("cmd_get", "?"), "sets", stats.getOrDefault("cmd_set", "?"));
    }
}
