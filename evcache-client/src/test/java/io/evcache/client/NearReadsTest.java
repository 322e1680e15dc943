package io.evcache.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.evcache.client.near.HotKey;
import io.evcache.client.near.NearCacheOptions;
import io.evcache.client.pipeline.Interceptor;
import io.evcache.client.pipeline.Next;
import io.evcache.client.pipeline.Read;
import io.evcache.client.pipeline.ReadPolicy;
import io.evcache.client.pipeline.ReadResult;
import io.evcache.client.pipeline.WriteLatch;
import io.evcache.client.pipeline.WritePolicy;
import io.evcache.core.command.Pending;
import io.evcache.core.value.Codec;
import io.evcache.testkit.EmbeddedZones;
import io.evcache.testkit.EmbeddedZonesExtension;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A cache with a near cache, whose values live for an hour: what is seen early is seen because of a write. */
class NearReadsTest {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final NearCacheOptions NEAR = NearCacheOptions.ofSize(1_000).expireAfterWrite(HOUR);

    @RegisterExtension
    static final EmbeddedZonesExtension embedded = EmbeddedZonesExtension.of(1, "a", "b");

    private final AtomicInteger asked = new AtomicInteger();
    private Runnable beforeTheAnswer = () -> {};
    private EvCacheClient client;
    private EvCache<String> cache;

    @BeforeEach
    void connect() {
        EvCacheConfig config = EvCacheConfig.builder(zones().connectString())
                .writePolicy(WritePolicy.ALL)
                .readTimeout(Duration.ofSeconds(5))
                .writeTimeout(Duration.ofSeconds(5))
                .build();
        client = EvCacheClient.builder(config).interceptor(new Counting()).connect();
        EvCacheClientTest.awaitConnected(client);
        cache = client.cache("c", Codec.utf8(), options -> options.nearCache(NEAR));
    }

    @AfterEach
    void close() {
        client.close();
    }

    private final class Counting implements Interceptor {
        @Override
        public Pending<ReadResult> read(Read read, Next next) {
            asked.incrementAndGet();
            Pending<ReadResult> answer = next.read(read);
            Runnable hook = beforeTheAnswer;
            beforeTheAnswer = () -> {};
            ReadResult unused = answer.await(read.deadline());
            hook.run();
            return answer;
        }
    }

    @Test
    void secondReadOfEveryKindDoesNotAskMemcached() {
        put(cache, "k", "v");
        assertThat(cache.get("k")).isEqualTo("v");
        assertThat(asked).hasValue(1);

        assertThat(cache.get("k")).isEqualTo("v");
        assertThat(cache.lookup("k").found()).hasValue("v");
        assertThat(cache.lookup("k").attempts()).isZero();
        assertThat(cache.getAll(List.of("k"))).isEqualTo(Map.of("k", "v"));
        assertThat(cache.lookupAll(List.of("k"))).containsEntry("k", cache.lookup("k"));
        assertThat(cache.getOrLoad("k", key -> "loaded")).isEqualTo("v");
        assertThat(cache.async().get("k")).isCompletedWithValue("v");
        assertThat(cache.async().lookup("k").join().found()).hasValue("v");
        assertThat(cache.async().getAll(List.of("k")).join()).isEqualTo(Map.of("k", "v"));

        assertThat(asked).hasValue(1);
        assertThat(cache.nearStats().orElseThrow().hits()).isEqualTo(10);
    }

    @Test
    void readsOfEveryKindKeepWhatTheyFind() {
        for (String key : List.of("a", "b", "c", "d", "e", "f", "g")) {
            put(cache, key, "v");
        }
        assertThat(cache.get("a")).isEqualTo("v");
        assertThat(cache.lookup("b").isHit()).isTrue();
        assertThat(cache.getAll(List.of("c"))).hasSize(1);
        assertThat(cache.getOrLoad("d", key -> "loaded")).isEqualTo("v");
        assertThat(cache.async().get("e").join()).isEqualTo("v");
        assertThat(cache.async().lookup("f").join().isHit()).isTrue();
        assertThat(cache.async().getAll(List.of("g")).join()).hasSize(1);
        assertThat(asked).hasValue(7);

        assertThat(cache.getAll(List.of("a", "b", "c", "d", "e", "f", "g"))).hasSize(7);
        assertThat(asked).hasValue(7);
    }

    @Test
    void bulkReadAsksOnlyForWhatIsNotNearAndKeepsTheOrder() {
        for (String key : List.of("1", "2", "3", "4")) {
            put(cache, key, "v" + key);
        }
        cache.getAll(List.of("2", "4"));
        asked.set(0);

        Map<String, String> all = cache.getAll(List.of("4", "missing", "1", "2", "2", "3"));

        assertThat(all.keySet()).containsExactly("4", "1", "2", "3");
        assertThat(asked).hasValue(3); // missing, 1, 3
    }

    @Test
    void missesAreNotKept() {
        assertThat(cache.get("k")).isNull();
        otherClientSets("k", "v");

        assertThat(cache.get("k")).isEqualTo("v");
    }

    @Test
    void writeOfThisClientIsSeenAtOnceThroughWhicheverObject() {
        EvCache<String> other = client.cache("c");
        cache.set("k", "1");
        assertThat(cache.get("k")).isEqualTo("1");
        cache.set("k", "2");
        assertThat(cache.get("k")).isEqualTo("2");
        other.set("k", "3");
        assertThat(cache.get("k")).isEqualTo("3");
        other.delete("k");
        assertThat(cache.get("k")).isNull();
        cache.add("k", "4");
        assertThat(cache.get("k")).isEqualTo("4");
    }

    /** Such keys do not begin with the name of their cache, by which writes are matched with near caches. */
    @Test
    void writesAreSeenAtOnceAlsoByCachesWithPlainKeys() {
        EvCache<String> plain = client.cache(
                "plain", Codec.utf8(), options -> options.nearCache(NEAR).plainKeys());
        EvCache<String> digesting = client.cache(
                "digesting",
                Codec.utf8(),
                options -> options.nearCache(NEAR).plainKeys().digestLongKeys());
        for (String key : List.of("k", "c:k", ":k")) {
            put(plain, key, "1");
            assertThat(plain.get(key)).isEqualTo("1");
            assertThat(digesting.get(key)).isEqualTo("1");
            put(plain, key, "2");
            assertThat(plain.get(key)).isEqualTo("2");
            assertThat(digesting.get(key)).isEqualTo("2");
        }
        put(cache, "k", "3"); // the same item as c:k
        assertThat(plain.get("c:k")).isEqualTo("3");
        assertThat(plain.nearStats().orElseThrow().size()).isEqualTo(3);
        assertThat(digesting.nearStats().orElseThrow().size()).isEqualTo(2);
    }

    @Test
    void readThatBeganBeforeAWriteDoesNotBringTheOldValueBack() {
        put(cache, "k", "old");
        beforeTheAnswer = () -> put(client.cache("c"), "k", "new");

        assertThat(cache.get("k")).isEqualTo("old"); // it was asked for before

        assertThat(cache.get("k")).isEqualTo("new");
        assertThat(cache.nearStats().orElseThrow().outdated()).isEqualTo(1);
    }

    @Test
    void nothingIsKeptUntilTheLastZoneHasTakenTheWrite() {
        put(cache, "k", "old");
        cache.get("k");
        zones().hangZone("b");
        WriteLatch latch = cache.async().set("k", "new", HOUR, WritePolicy.ONE);
        assertThat(latch.await(Duration.ofSeconds(5))).isTrue();

        assertThat(cache.get("k")).isEqualTo("new");
        assertThat(cache.nearStats().orElseThrow().size()).isZero();

        zones().resumeZone("b");
        latch.settled().toFuture().join();
        cache.get("k");
        assertThat(cache.nearStats().orElseThrow().size()).isEqualTo(1);
    }

    @Test
    void writeOfAnotherClientIsSeenWhenItIsHeardOf() {
        put(cache, "k", "1");
        cache.get("k");
        otherClientSets("k", "2");
        assertThat(cache.get("k")).isEqualTo("1");

        client.nearCaches().invalidate(cache.items().key("k"));

        assertThat(cache.get("k")).isEqualTo("2");
    }

    @Test
    void whoSaysWhichZonesToReadGetsThemRead() {
        put(cache, "k", "1");
        cache.get("k");
        otherClientSets("k", "2");

        assertThat(cache.reading(ReadPolicy.consistent(ReadPolicy.Agreement.ALL))
                        .get("k"))
                .isEqualTo("2");
        assertThat(cache.get("k")).isEqualTo("1");
    }

    @Test
    void digestedKeysAreNotKeptSinceTheirWritersCannotBeMatched() {
        EvCache<String> digesting = client.cache(
                "c", Codec.utf8(), options -> options.nearCache(NEAR).digestLongKeys());
        String longKey = "k".repeat(300);
        put(digesting, longKey, "1");
        digesting.get(longKey);
        otherClientSetsDigested(longKey, "2");

        assertThat(digesting.get(longKey)).isEqualTo("2");
        put(digesting, "short", "v");
        digesting.get("short");
        assertThat(digesting.nearStats().orElseThrow().size()).isEqualTo(1);
    }

    @Test
    void onlyHotKeysAreKeptIfSoWished() {
        EvCache<String> picky = client.cache("c", Codec.utf8(), options -> options.nearCache(NEAR.hotKeysOnly()));
        put(picky, "hot", "v");
        put(picky, "cold", "v");
        picky.get("cold");
        for (int i = 0; i < 20_000; i++) {
            picky.get("hot");
        }
        picky.get("cold");

        assertThat(picky.hotKeys()).extracting(HotKey::key).startsWith("hot");
        assertThat(picky.nearStats().orElseThrow().size()).isEqualTo(1);
        assertThat(picky.nearStats().orElseThrow().hits()).isPositive();
    }

    @Test
    void cacheWithoutTheOptionsHasNeitherFiguresNorHotKeys() {
        EvCache<String> plain = client.cache("c");

        assertThat(plain.nearStats()).isEmpty();
        assertThat(plain.hotKeys()).isEmpty();
    }

    /** Returns once the write has settled: until then nothing is kept for the key. */
    private static void put(EvCache<String> cache, String key, String value) {
        assertThat(cache.async().set(key, value).settled().toFuture().join().isMet())
                .isTrue();
    }

    private static EmbeddedZones zones() {
        return embedded.zones();
    }

    private static void otherClientSets(String key, String value) {
        try (EvCacheClient other = Patient.connect(zones().connectString())) {
            EvCacheClientTest.awaitConnected(other);
            assertThat(other.cache("c")
                            .async()
                            .set(key, value)
                            .settled()
                            .toFuture()
                            .join()
                            .isMet())
                    .isTrue();
        }
    }

    private static void otherClientSetsDigested(String key, String value) {
        try (EvCacheClient other = Patient.connect(zones().connectString())) {
            EvCacheClientTest.awaitConnected(other);
            EvCache<String> digesting = other.cache("c", Codec.utf8(), options -> options.digestLongKeys());
            assertThat(digesting
                            .async()
                            .set(key, value)
                            .settled()
                            .toFuture()
                            .join()
                            .isMet())
                    .isTrue();
        }
    }
}
