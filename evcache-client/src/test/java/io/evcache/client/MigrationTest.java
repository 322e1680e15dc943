package io.evcache.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.evcache.client.GetResult.Status;
import io.evcache.client.migration.Migration;
import io.evcache.client.migration.MigrationCounts;
import io.evcache.client.pipeline.Interceptor;
import io.evcache.client.pipeline.Next;
import io.evcache.client.pipeline.Read;
import io.evcache.client.pipeline.ReadResult;
import io.evcache.client.pipeline.Write;
import io.evcache.client.pipeline.WriteLatch;
import io.evcache.client.pipeline.WritePolicy;
import io.evcache.core.command.Get;
import io.evcache.core.command.Pending;
import io.evcache.core.command.Store;
import io.evcache.core.key.Key;
import io.evcache.core.node.NodeRoute;
import io.evcache.core.time.Deadline;
import io.evcache.core.time.Ticker;
import io.evcache.core.value.Codec;
import io.evcache.core.value.Ttl;
import io.evcache.testkit.EmbeddedMemcached;
import io.evcache.testkit.EmbeddedZones;
import io.evcache.testkit.EmbeddedZonesExtension;
import io.evcache.testkit.TestClock;
import java.time.Duration;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class MigrationTest {
    private static final Duration TTL = Duration.ofSeconds(100);
    private static final TestClock CLOCK = TestClock.create();

    @RegisterExtension
    static final EmbeddedZonesExtension oldServers =
            EmbeddedZonesExtension.of(EmbeddedZones.builder().zones(1, "a", "b").clock(CLOCK));

    @RegisterExtension
    static final EmbeddedZonesExtension newServers =
            EmbeddedZonesExtension.of(EmbeddedZones.builder().zones(2, "a", "b").clock(CLOCK));

    private final EmbeddedZones oldZones = oldServers.zones();
    private final EmbeddedZones newZones = newServers.zones();
    private EvCacheClient old;
    private EvCacheClient client;
    private EvCache<String> oldCache;
    private EvCache<String> cache;

    @BeforeEach
    void connect() {
        old = EvCacheClient.connect(config(oldZones));
        oldCache = old.cache("c");
        migrate(migration -> migration.readTimeout(Duration.ofSeconds(10)));
        await().until(() -> oldCache.set("warm", "up") && cache.set("warm", "up"));
    }

    private void migrate(UnaryOperator<Migration> how) {
        if (client != null) {
            client.close();
        }
        client = EvCacheClient.builder(config(newZones)).migratingFrom(old, how).connect();
        cache = client.cache("c");
    }

    private static EvCacheConfig config(EmbeddedZones zones) {
        return EvCacheConfig.builder(zones.connectString())
                .readTimeout(Duration.ofSeconds(20))
                .writeTimeout(Duration.ofSeconds(20))
                .writePolicy(WritePolicy.ALL)
                .build();
    }

    @AfterEach
    void close() {
        client.close();
        old.close();
    }

    private MigrationCounts counts() {
        return client.migration().orElseThrow();
    }

    @Test
    void whatOnlyTheOldClusterHasIsFound() {
        oldCache.set("k", "v", TTL);

        GetResult<String> result = cache.lookup("k");

        assertThat(result.value()).isEqualTo("v");
        assertThat(result.zone()).isEqualTo("old/a");
        assertThat(result.attempts()).isEqualTo(3);
        await().until(() -> counts().hits() == 1); // counted once the caller has been answered
    }

    @Test
    void whatIsFoundIsAddedToTheNewClusterWithTheLifeThatIsLeft() {
        oldCache.set("k", "v", TTL);
        CLOCK.advance(Duration.ofSeconds(60));

        cache.get("k");

        await().until(() -> newZones.zonesHolding("c:k").size() == 2);
        assertThat(newZones.peek("a", "c:k").flatMap(EmbeddedMemcached.Item::ttlLeft))
                .contains(Duration.ofSeconds(40));
        assertThat(cache.lookup("k").zone()).isEqualTo("a");
    }

    @Test
    void nothingIsCopiedWithoutBackfill() {
        migrate(migration -> migration.readTimeout(Duration.ofSeconds(10)).withoutBackfill());
        oldCache.set("k", "v", TTL);

        assertThat(cache.get("k")).isEqualTo("v");
        assertThat(cache.lookup("k").zone()).isEqualTo("old/a");
        assertThat(newZones.zonesHolding("c:k")).isEmpty();
    }

    @Test
    void newClusterIsAskedFirstAndItsHitIsTheAnswer() {
        oldCache.set("k", "old", TTL);
        cache.set("k", "new", TTL);
        await().until(() -> "new".equals(oldCache.get("k")));
        oldCache.set("k", "old", TTL);

        assertThat(cache.lookup("k").value()).isEqualTo("new");
        assertThat(counts().hits()).isZero();
    }

    @Test
    void whatNeitherHasIsAMissOfTheNewCluster() {
        GetResult<String> result = cache.lookup("nothing");

        assertThat(result).isEqualTo(new GetResult<>(Status.MISS, null, "b", 2, null));
        await().until(() -> counts().misses() == 1);
    }

    @Test
    void writesLandInBothClusters() {
        assertThat(cache.set("k", "v", TTL)).isTrue();

        assertThat(newZones.zonesHolding("c:k")).hasSize(2);
        await().until(() -> oldZones.zonesHolding("c:k").size() == 2);
        assertThat(cache.touch("k", Duration.ofSeconds(10))).isTrue();
        await().until(() -> oldZones.peek("b", "c:k")
                .flatMap(EmbeddedMemcached.Item::ttlLeft)
                .filter(Duration.ofSeconds(10)::equals)
                .isPresent());
    }

    @Test
    void deletesReachBothClustersSoThatNothingComesBack() {
        oldCache.set("k", "v", TTL);
        cache.set("k", "v", TTL);

        assertThat(cache.delete("k")).isTrue();

        await().until(() -> oldZones.zonesHolding("c:k").isEmpty());
        assertThat(cache.get("k")).isNull();
    }

    @Test
    void writeThatComparesTokensOfTheNewClusterRemovesFromTheOldOne() {
        cache.set("k", "v1", TTL);
        await().until(() -> oldZones.zonesHolding("c:k").size() == 2);
        CasToken token =
                Objects.requireNonNull(cache.lookup("k", Detail.CAS).details().cas());

        assertThat(cache.compareAndSet("k", "v2", token, TTL)).isTrue();

        await().until(() -> oldZones.zonesHolding("c:k").isEmpty());
        assertThat(cache.get("k")).isEqualTo("v2");
    }

    @Test
    void tokenOfTwoToTheSixtyThreeOrMoreIsOneOfTheNewClusterToo() {
        oldCache.set("k", "v1", TTL);
        write(new Store.Terms(Store.Mode.SET, 0, Long.MIN_VALUE)); // gives the item that token
        await().until(() -> oldZones.peek("a", "c:k").orElseThrow().text().equals("v2"));

        write(new Store.Terms(Store.Mode.SET, Long.MIN_VALUE, 0));

        // It counted as none, and the old cluster compared it with tokens of its own.
        await().until(() -> oldZones.zonesHolding("c:k").isEmpty());
        assertThat(newZones.zonesHolding("c:k")).hasSize(2);
    }

    private void write(Store.Terms terms) {
        Store store = new Store(Key.of("c:k"), Codec.utf8().encode("v2"), Ttl.ofSeconds(100), terms);
        WriteLatch latch =
                client.pipeline().write(new Write("c", store, WritePolicy.ALL, Deadline.after(TTL, Ticker.system())));
        await().until(() -> latch.settled().isSettled());
        assertThat(latch.now().isMet()).as("%s", latch).isTrue();
    }

    /** The old copy was deleted beside it, and with it, where nothing else had it, the value. */
    @Test
    void comparingWriteThatIsNotTakenLeavesTheOldClusterAlone() {
        cache.set("k", "v1", TTL);
        await().until(() -> oldZones.zonesHolding("c:k").size() == 2);
        CasToken token =
                Objects.requireNonNull(cache.lookup("k", Detail.CAS).details().cas());
        newZones.stopZone(token.zone());
        // Until then the write may leave over a connection that ends without an answer: it may have been taken.
        await().until(() ->
                client.view().zone(token.zone()).orElseThrow().nodes().stream().noneMatch(NodeRoute::isConnected));

        assertThat(cache.compareAndSet("k", "v2", token, TTL)).isFalse();

        await().during(Duration.ofMillis(300))
                .until(() -> oldZones.zonesHolding("c:k").size() == 2);
        newZones.startZone(token.zone());
    }

    @Test
    void tokenOfWhatOnlyTheOldClusterHadIsOneOfTheNewCluster() {
        oldCache.set("k", "v1", TTL);

        GetResult<String> found = cache.lookup("k", Detail.CAS);
        CasToken token = Objects.requireNonNull(found.details().cas());

        assertThat(found.value()).isEqualTo("v1");
        assertThat(token.zone()).doesNotStartWith("old/");
        assertThat(cache.compareAndSet("k", "v2", token, TTL)).isTrue();
        assertThat(cache.get("k")).isEqualTo("v2");
    }

    @Test
    void withoutBackfillWhatOnlyTheOldClusterHasGetsNoTokenAndIsNotLost() {
        migrate(migration -> migration.readTimeout(Duration.ofSeconds(10)).withoutBackfill());
        await().until(() -> cache.set("warm", "up"));
        oldCache.set("k", "v1", TTL);

        assertThat(cache.lookup("k", Detail.CAS).status()).isEqualTo(Status.MISS);
        assertThat(cache.get("k")).isEqualTo("v1");
    }

    @Test
    void oldClusterThatIsDownHurtsNobody() {
        cache.set("k", "v", TTL);
        oldZones.stopZone("a");
        oldZones.stopZone("b");
        await().until(() -> oldCache.lookup("k").status() == Status.FAILED);

        assertThat(cache.get("k")).isEqualTo("v");
        assertThat(cache.lookup("nothing").status()).isSameAs(Status.MISS);
        assertThat(cache.lookup("nothing").cause()).isNull();
        assertThat(cache.set("k", "v2", TTL)).isTrue();
        assertThat(cache.delete("k")).isTrue();
        assertThat(counts().failedReads()).isEqualTo(2);
        await().until(() -> counts().failedWrites() >= 2);
    }

    @Test
    void oldClusterThatHangsCostsAMissItsTimeoutAndNoMore() {
        migrate(migration -> migration.readTimeout(Duration.ofMillis(30)));
        await().until(() -> cache.set("k", "v", TTL));
        oldZones.hangZone("a");
        oldZones.hangZone("b");
        try {
            assertThat(cache.lookup("nothing").status()).isSameAs(Status.MISS);
            assertThat(cache.set("k", "v2", TTL)).isTrue();
            assertThat(cache.get("k")).isEqualTo("v2");
            assertThat(counts().failedReads()).isOne();
        } finally {
            oldZones.resumeZone("a");
            oldZones.resumeZone("b");
        }
    }

    @Test
    void oldClusterAnswersWhileTheNewOneIsDown() {
        cache.set("k", "v", TTL);
        await().until(() -> oldZones.zonesHolding("c:k").size() == 2);
        newZones.stopZone("a");
        newZones.stopZone("b");

        await().until(() -> "v".equals(cache.get("k")));
        GetResult<String> result = cache.lookup("k");

        assertThat(result.zone()).isEqualTo("old/a");
        assertThat(result.cause()).isNotNull();
        assertThat(cache.set("k", "v2", TTL)).isFalse();
    }

    @Test
    void readThatTakesALeaseIsAnsweredByTheNewClusterAlone() {
        oldCache.set("k", "v", TTL);

        Pending<ReadResult> read = cache.items()
                .read(
                        cache.items().key("k"),
                        Get.Wants.VALUE.withLease(30),
                        cache.items().readDeadline());
        await().until(read::isSettled);

        assertThat(Objects.requireNonNull(read.value()).zone()).doesNotStartWith("old/");
        assertThat(counts().hits()).isZero();
    }

    @Test
    void oldClientWhoseInterceptorThrowsHurtsNobody() {
        try (EvCacheClient hostile = EvCacheClient.builder(config(oldZones))
                        .interceptor(new Interceptor() {
                            @Override
                            public Pending<ReadResult> read(Read read, Next next) {
                                throw new IllegalStateException("on purpose");
                            }

                            @Override
                            public WriteLatch write(Write write, Next next) {
                                throw new IllegalStateException("on purpose");
                            }
                        })
                        .connect();
                EvCacheClient migrating = EvCacheClient.builder(config(newZones))
                        .migratingFrom(hostile)
                        .connect()) {
            EvCache<String> through = migrating.cache("c");

            await().until(() -> through.set("k", "v", TTL));

            assertThat(through.get("k")).isEqualTo("v");
            assertThat(through.lookup("nothing").status()).isSameAs(Status.MISS);
            assertThat(migrating.migration().orElseThrow().failedReads()).isOne();
        }
    }

    @Test
    void timeoutOfNothingIsRefused() {
        assertThatThrownBy(() -> Migration.USUAL.readTimeout(Duration.ZERO))
                .hasMessage("readTimeout must be more than zero, was PT0S");
        assertThat(old.migration()).isEmpty();
    }
}
