package io.evcache.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.evcache.client.pipeline.CacheObserver;
import io.evcache.client.pipeline.Interceptor;
import io.evcache.client.pipeline.Read;
import io.evcache.client.pipeline.ReadResult;
import io.evcache.core.value.Codec;
import io.evcache.core.value.EncodedValue;
import io.evcache.testkit.EmbeddedMemcached;
import io.evcache.testkit.EmbeddedZones;
import io.evcache.testkit.EmbeddedZonesExtension;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Reads that nobody sees on their way take a short one. What callers get is the same on both. */
class StraightReadTest {
    @RegisterExtension
    static final EmbeddedZonesExtension servers = EmbeddedZonesExtension.of(1, "a", "b");

    private final EmbeddedZones zones = servers.zones();
    private @Nullable EvCacheClient client;

    enum Way {
        STRAIGHT,
        PASSED,
        INTERCEPTED,
        OBSERVED
    }

    enum Call {
        WAITING,
        ASYNC;

        @Nullable
        String get(EvCache<String> cache, String key) throws Exception {
            return this == WAITING ? cache.get(key) : cache.async().get(key).get(30, TimeUnit.SECONDS);
        }
    }

    static Stream<List<Object>> ways() {
        return Stream.of(Way.values()).flatMap(way -> Stream.of(Call.values()).map(call -> List.of(way, call)));
    }

    @AfterEach
    void close() {
        if (client != null) {
            client.close();
        }
    }

    @ParameterizedTest
    @MethodSource("ways")
    void hitMissAndFallbackWithBackfill(List<Object> way) throws Exception {
        Call call = (Call) way.get(1);
        EvCache<String> cache = connect((Way) way.get(0)).cache("c");
        cache.set("k", "v");
        assertThat(call.get(cache, "k")).isEqualTo("v");
        assertThat(call.get(cache, "nothing")).isNull();

        zones.nodes("a").forEach(EmbeddedMemcached::flush);

        assertThat(call.get(cache, "k")).isEqualTo("v");
        await().until(() -> zones.peek("a", "c:k").isPresent());
    }

    @ParameterizedTest
    @MethodSource("ways")
    void zoneThatIsDownIsPassedOverAndNoZoneIsNull(List<Object> way) throws Exception {
        Call call = (Call) way.get(1);
        EvCache<String> cache = connect((Way) way.get(0)).cache("c");
        cache.set("k", "v");

        zones.stopZone("a");
        assertThat(call.get(cache, "k")).isEqualTo("v");

        zones.stopZone("b");
        assertThat(call.get(cache, "k")).isNull();
    }

    @ParameterizedTest
    @MethodSource("ways")
    void zoneThatHangsLeavesTimeForTheNext(List<Object> way) throws Exception {
        Call call = (Call) way.get(1);
        EvCache<String> cache = connect((Way) way.get(0)).cache("c");
        cache.set("k", "v");

        zones.hangZone("a");

        assertThat(call.get(cache, "k")).isEqualTo("v");
    }

    @ParameterizedTest
    @MethodSource("ways")
    void whatCannotBeDecodedIsNullAndIsNotAskedOfAnotherZone(List<Object> way) throws Exception {
        EvCacheClient client = connect((Way) way.get(0));
        client.cache("c").set("k", "no number");
        AtomicInteger decoded = new AtomicInteger();
        EvCache<String> numbers = client.cache("c", new Refusing(decoded));

        assertThat(((Call) way.get(1)).get(numbers, "k")).isNull();
        assertThat(decoded).hasValue(1);
    }

    @ParameterizedTest
    @MethodSource("ways")
    void cacheThatIsNotReadMisses(List<Object> way) throws Exception {
        EvCacheClient client = connect((Way) way.get(0));
        EvCache<String> cache = client.cache("c");
        cache.set("k", "v");

        client.update(s -> s.cacheMode("c", CacheMode.NO_READS));

        assertThat(((Call) way.get(1)).get(cache, "k")).isNull();
    }

    @ParameterizedTest
    @MethodSource("ways")
    void interruptedCallerLeavesWithNullAndItsFlag(List<Object> way) throws Exception {
        EvCache<String> cache = connect((Way) way.get(0)).cache("c");
        cache.set("k", "v");
        zones.hangZone("a");

        Thread.currentThread().interrupt();
        String value = cache.get("k");

        assertThat(Thread.interrupted()).isTrue();
        assertThat(value).isNull();
        zones.resumeZone("a");
    }

    @Test
    void observerThatComesLaterSeesWhatBeginsThen() throws Exception {
        EvCacheClient client = connect(Way.STRAIGHT);
        EvCache<String> cache = client.cache("c");
        AtomicInteger seen = new AtomicInteger();
        for (Call call : Call.values()) {
            assertThat(call.get(cache, "k")).isNull();
        }

        client.addObserver(new CacheObserver() {
            @Override
            public void read(Read read, ReadResult result, long nanos) {
                seen.incrementAndGet();
            }
        });
        for (Call call : Call.values()) {
            assertThat(call.get(cache, "k")).isNull();
        }

        await().untilAsserted(() -> assertThat(seen).hasValue(Call.values().length));
    }

    private EvCacheClient connect(Way way) {
        EvCacheClient.Builder builder = EvCacheClient.builder(EvCacheConfig.builder(zones.connectString())
                .readTimeout(Duration.ofSeconds(2))
                .writeTimeout(Duration.ofSeconds(10))
                .build());
        switch (way) {
            case STRAIGHT -> {}
            case PASSED ->
                builder.interceptor(new Interceptor() {
                    @Override
                    public boolean passesReads() {
                        return true;
                    }
                });
            case INTERCEPTED -> builder.interceptor(new Interceptor() {});
            case OBSERVED -> builder.observer(CacheObserver.disabled());
        }
        EvCacheClient connected = builder.connect();
        client = connected;
        EvCacheClientTest.awaitConnected(connected);
        return connected;
    }

    /** Reads nothing. */
    private record Refusing(AtomicInteger decoded) implements Codec<String> {
        @Override
        public EncodedValue encode(String value) {
            return Codec.utf8().encode(value);
        }

        @Override
        public String decode(EncodedValue value) {
            decoded.incrementAndGet();
            throw new IllegalStateException("no");
        }
    }
}
