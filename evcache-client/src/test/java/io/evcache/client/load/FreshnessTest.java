package io.evcache.client.load;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evcache.client.EvCache;
import io.evcache.client.EvCacheClient;
import io.evcache.client.Patient;
import io.evcache.client.pipeline.Interceptor;
import io.evcache.client.pipeline.Next;
import io.evcache.client.pipeline.Write;
import io.evcache.client.pipeline.WriteLatch;
import io.evcache.core.value.Codec;
import io.evcache.testkit.Capabilities;
import io.evcache.testkit.EmbeddedZones;
import io.evcache.testkit.TestClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Values of 100 seconds, on servers whose clock is moved. */
class FreshnessTest {
    private static final Duration LIFE = Duration.ofSeconds(100);

    private final TestClock clock = TestClock.create();
    private final AtomicInteger loads = new AtomicInteger();
    private final AtomicBoolean broken = new AtomicBoolean();
    private EmbeddedZones zones;
    private EvCacheClient client;
    private EvCacheClient other;

    @BeforeEach
    void connect() {
        zones = EmbeddedZones.builder()
                .zones(1, "a", "b")
                .capabilities(Capabilities.V1_6_18)
                .clock(clock)
                .start();
        client = Patient.connect(zones.connectString());
        other = Patient.connect(zones.connectString());
    }

    @AfterEach
    void close() {
        client.close();
        other.close();
        zones.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void oneReaderOfAllJvmsReloadsDuringTheLastPartAndAllAreServed(boolean leases) {
        try (CacheAside<String, String> one = build(client, leases, aside -> aside.refreshAhead(0.9));
                CacheAside<String, String> two = build(other, leases, aside -> aside.refreshAhead(0.9))) {
            assertThat(one.get("k")).isEqualTo("v1");
            stored("v1");
            clock.advance(Duration.ofSeconds(88));
            assertThat(one.get("k")).isEqualTo("v1");
            assertThat(loads).hasValue(1);
            clock.advance(Duration.ofSeconds(4));

            for (int i = 0; i < 10; i++) {
                assertThat(List.of(string(one.get("k")), string(two.get("k")))).isSubsetOf("v1", "v2");
            }

            stored("v2");
            assertThat(loads).hasValue(2);
            assertThat(one.stats().refreshes() + two.stats().refreshes()).isEqualTo(1);
            assertThat(zones.peek("b", "fresh:k").orElseThrow().ttlLeft().orElseThrow())
                    .isEqualTo(LIFE);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aRefreshThatFailsLeavesTheValueUntilItsEnd(boolean leases) {
        try (CacheAside<String, String> one = build(client, leases, aside -> aside.refreshAhead(0.5))) {
            one.get("k");
            stored("v1");
            clock.advance(Duration.ofSeconds(60));
            broken.set(true);

            assertThat(one.get("k")).isEqualTo("v1");
            Awaitility.await().until(() -> one.stats().loadFailures() == 1);
            assertThat(one.get("k")).isEqualTo("v1");
            broken.set(false);
            clock.advance(Duration.ofSeconds(41));
            assertThat(one.get("k")).isEqualTo("v2");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aMarkedValueIsServedWhileOneReaderReloadsIt(boolean leases) {
        try (CacheAside<String, String> one = build(client, leases, aside -> aside);
                CacheAside<String, String> two = build(other, leases, aside -> aside)) {
            one.get("k");
            stored("v1");

            assertThat(two.markStale("k", Duration.ofSeconds(30))).isTrue();

            List<String> served = new ArrayList<>();
            served.add(string(one.get("k")));
            served.add(string(two.get("k")));
            assertThat(served).isSubsetOf("v1", "v2").first().isEqualTo("v1");
            stored("v2");
            assertThat(loads).hasValue(2);
            assertThat(two.get("k")).isEqualTo("v2");
        }
    }

    @Test
    void aMarkOnWhatIsNotThereChangesNothing() {
        try (CacheAside<String, String> one = build(client, false, aside -> aside)) {
            assertThat(one.markStale("nothing", Duration.ofSeconds(30))).isTrue();
            assertThat(zones.zonesHolding("fresh:nothing")).isEmpty();
            assertThatThrownBy(() -> one.markStale("k", Duration.ofMillis(1)))
                    .hasMessageContaining("from 1 second to 30 days, was PT0.001S");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anOldValueIsServedIfTheLoadFailsAndOnlyThen(boolean leases) {
        try (CacheAside<String, String> one =
                build(client, leases, aside -> aside.serveStaleOnError(Duration.ofSeconds(50)))) {
            one.get("k");
            stored("v1");
            clock.advance(Duration.ofSeconds(101));
            broken.set(true);

            assertThat(one.get("k")).isEqualTo("v1");
            assertThat(one.getAll(List.of("k"))).isEqualTo(Map.of("k", "v1"));
            assertThat(one.async().get("k").join()).isEqualTo("v1");
            assertThat(one.stats().staleServed()).isEqualTo(3);

            broken.set(false);
            assertThat(one.get("k")).isEqualTo("v2");
            stored("v2");
            clock.advance(Duration.ofSeconds(151));
            broken.set(true);
            assertThatThrownBy(() -> one.get("k")).hasMessage("database down");
        }
    }

    /** With leases only the nearest zone's old value was served, though every zone had been asked. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anOldValueOfAnotherZoneIsServedIfTheLoadFails(boolean leases) {
        try (CacheAside<String, String> one =
                build(client, leases, aside -> aside.serveStaleOnError(Duration.ofSeconds(50)))) {
            one.get("k");
            stored("v1");
            clock.advance(Duration.ofSeconds(101));
            zones.node("a", 0).flush();
            broken.set(true);

            assertThat(one.get("k")).isEqualTo("v1");

            broken.set(false);
            assertThat(one.get("k")).isEqualTo("v2");
        }
    }

    /** Only the caller that had begun the load was served; one that came while a refresh was under way got its failure. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anOldValueIsServedToWhoWaitsForALoadOfSomebodyElse(boolean leases) throws Exception {
        CountDownLatch fail = new CountDownLatch(1);
        Change slowReloads = aside -> aside.serveStaleOnError(Duration.ofSeconds(50))
                .loader(key -> {
                    if (loads.incrementAndGet() > 1) {
                        fail.await();
                        throw new IllegalStateException("database down");
                    }
                    return "v1";
                })
                .bulkLoader(keys -> Map.of());
        try (CacheAside<String, String> one = build(client, leases, slowReloads)) {
            one.get("k");
            stored("v1");
            clock.advance(Duration.ofSeconds(101));

            one.async().refresh("k");
            CompletableFuture<String> single = one.async().get("k");
            CompletableFuture<Map<String, String>> many = one.async().getAll(List.of("k"));
            Awaitility.await().until(() -> one.stats().shared() == 2);
            fail.countDown();

            assertThat(single.get(30, SECONDS)).isEqualTo("v1");
            assertThat(many.get(30, SECONDS)).isEqualTo(Map.of("k", "v1"));
            assertThat(one.stats().staleServed()).isEqualTo(1);
        }
    }

    /** It was refused with the refresh, for which there was no permit, though it could wait for one. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whoWaitsForARefreshForWhichThereIsNoPermitWaitsForThat(boolean leases) throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        AtomicReference<Runnable> beforeTheAsk = new AtomicReference<>(() -> {});
        Interceptor meanwhile = new Interceptor() {
            @Override
            public WriteLatch write(Write write, Next next) {
                if (write.isQuestion()) {
                    beforeTheAsk.getAndSet(() -> {}).run();
                }
                return next.write(write);
            }
        };
        Change onePermit =
                aside -> aside.refreshAhead(0.5).maxConcurrentLoads(1).loader(key -> {
                    if (key.equals("busy")) {
                        begun.countDown();
                        release.await();
                    }
                    return "v" + loads.incrementAndGet();
                });
        try (EvCacheClient intercepted = Patient.connect(zones.connectString(), meanwhile);
                CacheAside<String, String> one = build(intercepted, leases, onePermit)) {
            one.get("k");
            stored("v1");
            clock.advance(Duration.ofSeconds(60));
            CompletableFuture<String> busy = one.async().get("busy");
            assertThat(begun.await(30, SECONDS)).isTrue();
            List<CompletableFuture<String>> joined = new ArrayList<>();
            beforeTheAsk.set(() -> {
                zones.flush();
                joined.add(one.async().get("k"));
                Awaitility.await().until(() -> one.stats().shared() == 1);
            });

            assertThat(one.get("k")).isEqualTo("v1");
            Awaitility.await()
                    .until(() -> one.waitingLoads() == 1 || joined.get(0).isDone());
            release.countDown();

            assertThat(joined.get(0).get(30, SECONDS)).isEqualTo("v3");
            assertThat(busy.get(30, SECONDS)).isEqualTo("v2");
        }
    }

    @Test
    void absenceEndsWithItsOwnTimeToLive() {
        try (CacheAside<String, String> one = CacheAside.over(cache(client), (String key) -> key)
                .loader(key -> loads.incrementAndGet() == 1 ? null : "born")
                .negativeTtl(Duration.ofSeconds(10))
                .build()) {
            assertThat(one.get("k")).isNull();
            Awaitility.await().until(() -> zones.zonesHolding("fresh:k").size() == 2);
            clock.advance(Duration.ofSeconds(9));
            assertThat(one.get("k")).isNull();
            clock.advance(Duration.ofSeconds(2));
            assertThat(one.get("k")).isEqualTo("born");
        }
    }

    @Test
    void theCachesJitterHolds() {
        EvCache<String> jittered =
                client.cache("fresh", Codec.utf8(), o -> o.ttl(LIFE).ttlJitter(0.5));
        try (CacheAside<String, String> one = CacheAside.over(jittered, (String key) -> key)
                .loader(key -> "v")
                .build()) {
            for (int i = 0; i < 20; i++) {
                one.get("k" + i);
            }
            Awaitility.await().until(() -> zones.node("b", 0).itemCount() == 20);

            assertThat(zones.node("a", 0).keys().stream()
                            .map(key ->
                                    zones.peek("a", key).orElseThrow().ttlLeft().orElseThrow())
                            .distinct())
                    .hasSizeGreaterThan(5)
                    .allMatch(left -> left.toSeconds() >= 50 && left.toSeconds() <= 100);
        }
    }

    private interface Change {
        CacheAsideBuilder<String, String> of(CacheAsideBuilder<String, String> builder);
    }

    private CacheAside<String, String> build(EvCacheClient client, boolean leases, Change change) {
        CacheAsideBuilder<String, String> builder =
                CacheAside.over(cache(client), (String key) -> key).loader(this::load);
        return change.of(leases ? builder.leases() : builder).build();
    }

    private static EvCache<String> cache(EvCacheClient client) {
        return client.cache("fresh", Codec.utf8(), o -> o.ttl(LIFE));
    }

    private String load(String key) {
        if (broken.get()) {
            throw new IllegalStateException("database down");
        }
        return "v" + loads.incrementAndGet();
    }

    private static String string(@Nullable String value) {
        return String.valueOf(value);
    }

    private void stored(String text) {
        Awaitility.await()
                .until(() -> zones.zoneNames().stream()
                        .allMatch(zone -> zones.peek(zone, "fresh:k")
                                .filter(item -> item.text().equals(text))
                                .isPresent()));
    }
}
