package io.evcache.client.load;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evcache.client.CacheMode;
import io.evcache.client.EvCacheClient;
import io.evcache.client.EvCacheConfig;
import io.evcache.client.Loader;
import io.evcache.client.Patient;
import io.evcache.client.pipeline.Interceptor;
import io.evcache.client.pipeline.Next;
import io.evcache.client.pipeline.Read;
import io.evcache.client.pipeline.ReadResult;
import io.evcache.client.pipeline.Write;
import io.evcache.client.pipeline.WriteLatch;
import io.evcache.core.command.Pending;
import io.evcache.core.topology.ZoneMode;
import io.evcache.core.value.Codec;
import io.evcache.testkit.Capabilities;
import io.evcache.testkit.EmbeddedZones;
import io.evcache.testkit.EmbeddedZonesExtension;
import io.evcache.testkit.FaultProxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Two clients, in zones of their own, stand for two JVMs. The servers behave as memcached 1.6.18. */
class LeasesTest {
    private static final String ITEM = "leased:k";

    @RegisterExtension
    static final EmbeddedZonesExtension embedded = EmbeddedZonesExtension.of(
            EmbeddedZones.builder().zones(1, "a", "b", "c").capabilities(Capabilities.V1_6_18));

    private final AtomicInteger loads = new AtomicInteger();
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);
    private final List<EvCacheClient> clients = new ArrayList<>();
    private EvCacheClient inA;
    private EvCacheClient inB;

    @BeforeEach
    void connect() {
        zones().flush();
        inA = client("a");
        inB = client("b");
    }

    @AfterEach
    void close() {
        release.countDown();
        clients.forEach(EvCacheClient::close);
    }

    @Test
    void oneClientLoadsAndTheOtherWaitsForIt() throws Exception {
        try (CacheAside<String, String> one = aside(inA, this::slow);
                CacheAside<String, String> other = aside(inB, this::slow)) {
            CompletableFuture<String> first = one.async().get("k");
            await(begun);
            CompletableFuture<String> second = other.async().get("k");
            Awaitility.await().until(() -> other.stats().leaseWaits() == 1);
            release.countDown();

            assertThat(first.get(30, SECONDS)).isEqualTo("k1");
            assertThat(second.get(30, SECONDS)).isEqualTo("k1");
            assertThat(loads).hasValue(1);
        }
    }

    @Test
    void whereNothingIsStoredNobodyWaitsForWhatIsLoaded() {
        inA.update(settings -> settings.cacheMode("leased", CacheMode.NO_WRITES));
        try (CacheAside<String, String> one = aside(inA, key -> key + loads.incrementAndGet())) {
            assertThat(one.get("k")).isEqualTo("k1");
            assertThat(one.get("k")).isEqualTo("k2");

            assertThat(one.stats().leaseWaits()).isZero();
            assertThat(zones().zonesHolding(ITEM)).as("not even a place-holder").isEmpty();
        }
    }

    @Test
    void whoHasWaitedTooLongLoadsItself() throws Exception {
        try (CacheAside<String, String> one = aside(inA, this::slow);
                CacheAside<String, String> other = CacheAside.over(inB.cache("leased"), (String key) -> key)
                        .loader(key -> "own")
                        .leases(Duration.ofSeconds(10), Duration.ofMillis(30))
                        .build()) {
            CompletableFuture<String> first = one.async().get("k");
            await(begun);

            assertThat(other.get("k")).isEqualTo("own");
            assertThat(other.stats().leaseOverruns()).isEqualTo(1);
            stored("own");
            release.countDown();
            assertThat(first.get(30, SECONDS)).isEqualTo("k1");
            Awaitility.await().until(() -> one.stats().outdated() == 1);
            stored("own"); // what took longer is not stored over what was loaded after it
        }
    }

    /** In a zone that was being filled each look of a waiter failed, and all zones were asked anew; in one that is draining it never saw what was loaded, and loaded it again. */
    @ParameterizedTest
    @EnumSource(names = {"WRITE_ONLY", "DRAINING"})
    void onlyAZoneInNormalServiceDecidesWhoLoads(ZoneMode mode) throws Exception {
        AtomicInteger looks = new AtomicInteger();
        AtomicInteger questions = new AtomicInteger();
        Interceptor counting = new Interceptor() {
            @Override
            public Pending<ReadResult> read(Read read, Next next) {
                looks.incrementAndGet();
                return next.read(read);
            }

            @Override
            public WriteLatch write(Write write, Next next) {
                questions.addAndGet(write.isQuestion() ? 1 : 0);
                return next.write(write);
            }
        };
        EvCacheClient counted = Patient.connect(zones().connectString(), counting);
        clients.add(counted);
        switchZoneA(inA, mode);
        switchZoneA(counted, mode);
        try (CacheAside<String, String> one = aside(inA, this::slow);
                CacheAside<String, String> other = aside(counted, this::slow)) {
            CompletableFuture<String> first = one.async().get("k");
            await(begun);
            CompletableFuture<String> second = other.async().get("k");
            Awaitility.await().until(() -> looks.get() > 4);
            assertThat(questions).hasValue(1);
            release.countDown();

            assertThat(first.get(30, SECONDS)).isEqualTo("k1");
            assertThat(second.get(30, SECONDS)).isEqualTo("k1");
            Awaitility.await().until(() -> one.loadsInFlight() + other.loadsInFlight() == 0);
            assertThat(loads).hasValue(1);
        }
    }

    @Test
    void anInvalidationByAnotherClientKeepsTheOldValueOut() throws Exception {
        Map<String, String> database = new ConcurrentHashMap<>(Map.of("k", "old"));
        try (CacheAside<String, String> one = aside(inA, key -> {
                    String read = database.getOrDefault(key, "none");
                    begun.countDown();
                    await(release);
                    return read;
                });
                CacheAside<String, String> other = aside(inB, key -> database.getOrDefault(key, "none"))) {
            CompletableFuture<String> before = one.async().get("k");
            await(begun);
            other.writeThenInvalidate("k", () -> {
                database.put("k", "new");
            });
            release.countDown();

            assertThat(before.get(30, SECONDS)).isEqualTo("old");
            Awaitility.await().until(() -> one.stats().outdated() == 1);
            assertThat(zones().zonesHolding(ITEM)).isEmpty();
            assertThat(one.get("k")).isEqualTo("new");
        }
    }

    @Test
    void aSetByAnotherClientStays() throws Exception {
        try (CacheAside<String, String> one = aside(inA, this::slow)) {
            CompletableFuture<String> loading = one.async().get("k");
            await(begun);
            inB.cache("leased").set("k", "set meanwhile");
            release.countDown();
            loading.get(30, SECONDS);
            Awaitility.await().until(() -> one.stats().outdated() == 1);

            assertThat(one.get("k")).isEqualTo("set meanwhile");
            assertThat(zones().peek("c", ITEM).orElseThrow().text()).isEqualTo("set meanwhile");
        }
    }

    @Test
    void aFailedLoadGivesItsLeaseBack() {
        try (CacheAside<String, String> one = aside(inA, key -> {
                    throw new IllegalStateException("database down");
                });
                CacheAside<String, String> other = aside(inB, key -> "loaded")) {
            assertThatThrownBy(() -> one.get("k")).isInstanceOf(IllegalStateException.class);
            gone();

            assertThat(other.get("k")).isEqualTo("loaded");
            assertThat(other.stats().leaseWaits()).isZero();
        }
    }

    @Test
    void anAbandonedLeaseEndsTheWaitOfTheOthers() throws Exception {
        try (CacheAside<String, String> one = aside(inA, key -> {
                    begun.countDown();
                    await(release);
                    throw new IllegalStateException("database down");
                });
                CacheAside<String, String> other = aside(inB, key -> "loaded")) {
            CompletableFuture<String> failing = one.async().get("k");
            await(begun);
            CompletableFuture<String> waiting = other.async().get("k");
            Awaitility.await().until(() -> other.stats().leaseWaits() == 1);
            release.countDown();

            assertThat(waiting.get(30, SECONDS)).isEqualTo("loaded");
            assertThatThrownBy(() -> failing.get(30, SECONDS)).hasCauseInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void anOpenLeaseIsAMissToReadersOfOurOwn() throws Exception {
        try (CacheAside<String, String> one = aside(inA, this::slow)) {
            CompletableFuture<String> loading = one.async().get("k");
            await(begun);

            assertThat(zones().zonesHolding(ITEM)).containsExactly("a", "b", "c");
            assertThat(inB.cache("leased").get("k")).isNull();
            release.countDown();
            assertThat(loading.get(30, SECONDS)).isEqualTo("k1");
        }
    }

    @Test
    void aZoneThatIsEmptyIsServedFromAnotherAndFilledFromTheSource() {
        try (CacheAside<String, String> one = aside(inA, key -> "v" + loads.incrementAndGet())) {
            one.get("k");
            stored("v1");
            zones().node("a", 0).flush();

            assertThat(one.get("k")).isEqualTo("v1");
            stored("v2");
            assertThat(one.stats().refreshes()).isEqualTo(1);
        }
    }

    @Test
    void aZoneThatCannotBeReachedIsNotStoredAndTheOthersAre() {
        try (CacheAside<String, String> one = aside(inA, key -> "v" + loads.incrementAndGet())) {
            zones().stopZone("b");

            assertThat(one.get("k")).isEqualTo("v1");
            Awaitility.await()
                    .until(() -> zones().peek("c", ITEM)
                            .filter(item -> item.text().equals("v1"))
                            .isPresent());
            assertThat(one.get("k")).isEqualTo("v1");
            assertThat(loads).hasValue(1);
            zones().startZone("b");
        }
    }

    /** The place where it is decided who loads is another one for who cannot reach the first: a program that has just started on a busy machine. */
    @Test
    void whoCannotReachTheFirstZoneMayLoadTheSameKey() throws Exception {
        String address = zones().node("a", 0).address();
        try (FaultProxy wire = FaultProxy.to(address)) {
            wire.refuseConnections();
            EvCacheClient cut = EvCacheClient.connect(
                    EvCacheConfig.builder(zones().connectString().replace(address, wire.address()))
                            .localZone("b")
                            .readTimeout(Patient.TIMEOUT)
                            .writeTimeout(Patient.TIMEOUT)
                            .build());
            clients.add(cut);
            Awaitility.await()
                    .until(() -> cut.view().zones().stream()
                            .skip(1)
                            .allMatch(zone -> zone.nodes().get(0).isConnected()));
            try (CacheAside<String, String> one = aside(cut, this::slow);
                    CacheAside<String, String> other = aside(inA, key -> key + loads.incrementAndGet())) {
                CompletableFuture<String> first = one.async().get("k");
                await(begun);

                assertThat(other.get("k")).isEqualTo("k2");
                release.countDown();

                assertThat(first.get(30, SECONDS)).isEqualTo("k1");
                assertThat(loads).hasValue(2);
            }
        }
    }

    @Test
    void ofSeveralKeysOnlyThoseNobodyIsLoadingAreAskedFor() throws Exception {
        List<Set<String>> asked = new ArrayList<>();
        try (CacheAside<String, String> one = aside(inA, this::slow);
                CacheAside<String, String> other = CacheAside.over(inB.cache("leased"), (String key) -> key)
                        .loader(this::slow)
                        .bulkLoader(keys -> {
                            asked.add(Set.copyOf(keys));
                            return Map.of("l", "bulk l", "m", "bulk m");
                        })
                        .leases()
                        .build()) {
            CompletableFuture<String> loading = one.async().get("k");
            await(begun);
            CompletableFuture<Map<String, String>> all = other.async().getAll(List.of("k", "l", "m"));
            Awaitility.await().until(() -> other.stats().leaseWaits() == 1);
            release.countDown();

            assertThat(all.get(30, SECONDS)).isEqualTo(Map.of("k", "k1", "l", "bulk l", "m", "bulk m"));
            assertThat(asked).containsExactly(Set.of("l", "m"));
            assertThat(loading.get(30, SECONDS)).isEqualTo("k1");
            assertThat(loads).hasValue(1);
        }
    }

    @Test
    void absenceIsNotLeftBehindAsAnOpenLease() {
        try (CacheAside<String, String> one = CacheAside.over(inA.cache("leased"), (String key) -> key)
                .loader(key -> Map.<String, String>of().get(key))
                .leases()
                .build()) {
            assertThat(one.get("k")).isNull();

            gone();
        }
    }

    @Test
    void aMarkThatFallsOnAnOpenLeaseDoesNotLeaveItToNobody() throws Exception {
        try (CacheAside<String, String> one = aside(inA, this::slow);
                CacheAside<String, String> other = aside(inB, key -> "after the mark")) {
            CompletableFuture<String> loading = one.async().get("k");
            await(begun);
            other.markStale("k", Duration.ofSeconds(20));

            assertThat(other.get("k")).isEqualTo("after the mark");
            stored("after the mark");
            release.countDown();
            loading.get(30, SECONDS);
            Awaitility.await().until(() -> one.stats().outdated() == 1);
            stored("after the mark");
        }
    }

    @Test
    void aValueThatCannotBeDecodedIsReplaced() {
        inA.cache("leased", Codec.int64()).set("k", -1L);
        try (CacheAside<String, String> one = aside(inA, key -> "good")) {
            assertThat(one.get("k")).isEqualTo("good");
            stored("good");
        }
    }

    private static CacheAside<String, String> aside(EvCacheClient client, Loader<String, String> loader) {
        return CacheAside.over(client.cache("leased"), (String key) -> key)
                .loader(loader)
                .loadTimeout(Duration.ofSeconds(30))
                .leases(Duration.ofSeconds(60), Duration.ofSeconds(20))
                .build();
    }

    private static void switchZoneA(EvCacheClient client, ZoneMode mode) {
        client.update(settings -> settings.zoneMode("a", mode));
        Awaitility.await().until(() -> client.view().zone("a").orElseThrow().mode() == mode);
    }

    private String slow(String key) {
        begun.countDown();
        String value = key + loads.incrementAndGet();
        await(release);
        return value;
    }

    private EvCacheClient client(String zone) {
        EvCacheClient client = Patient.connect(zones().connectString(), zone);
        clients.add(client);
        return client;
    }

    private static void stored(String text) {
        Awaitility.await()
                .until(() -> zones().zoneNames().stream()
                        .allMatch(zone -> zones().peek(zone, ITEM)
                                .filter(item -> item.text().equals(text))
                                .isPresent()));
    }

    private static void gone() {
        Awaitility.await().until(() -> zones().zonesHolding(ITEM).isEmpty());
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static EmbeddedZones zones() {
        return embedded.zones();
    }
}
