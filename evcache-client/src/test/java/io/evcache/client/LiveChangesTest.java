package io.evcache.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.evcache.client.GetResult.Status;
import io.evcache.client.near.NearCacheOptions;
import io.evcache.client.pipeline.CacheObserver;
import io.evcache.client.pipeline.Read;
import io.evcache.client.pipeline.ReadPolicy;
import io.evcache.client.pipeline.ReadResult;
import io.evcache.client.pipeline.SwitchedOff;
import io.evcache.client.pipeline.Write;
import io.evcache.client.pipeline.WriteLatch;
import io.evcache.client.pipeline.WritePolicy;
import io.evcache.client.pipeline.WriteResult;
import io.evcache.client.pipeline.ZoneOutcome;
import io.evcache.core.error.InvalidConfiguration;
import io.evcache.core.time.Deadline;
import io.evcache.core.time.Ticker;
import io.evcache.core.topology.Topology;
import io.evcache.core.topology.TopologyListener;
import io.evcache.core.topology.ZoneMode;
import io.evcache.core.value.Codec;
import io.evcache.testkit.EmbeddedMemcached;
import io.evcache.testkit.EmbeddedZones;
import io.evcache.testkit.EmbeddedZonesExtension;
import java.lang.reflect.Field;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LiveChangesTest {
    private static final Duration TTL = Duration.ofMinutes(10);

    private static final NearCacheOptions NEAR = NearCacheOptions.ofSize(100).expireAfterWrite(Duration.ofSeconds(30));

    @RegisterExtension
    static final EmbeddedZonesExtension servers =
            EmbeddedZonesExtension.of(EmbeddedZones.builder().zones(1, "a", "b", "c"));

    private final EmbeddedZones zones = servers.zones();
    private final List<Read> reads = new CopyOnWriteArrayList<>();
    private final List<Write> writes = new CopyOnWriteArrayList<>();
    private EvCacheClient client;
    private EvCache<String> cache;

    @BeforeEach
    void connect() {
        EvCacheConfig config = EvCacheConfig.builder(zones.connectString())
                .readTimeout(Duration.ofSeconds(10))
                .writeTimeout(Duration.ofSeconds(10))
                .writePolicy(WritePolicy.ALL)
                .build();
        client = EvCacheClient.builder(config)
                .observer(new CacheObserver() {
                    @Override
                    public void read(Read read, ReadResult result, long nanos) {
                        reads.add(read);
                    }

                    @Override
                    public void written(Write write, WriteResult result, long nanos) {
                        writes.add(write);
                    }
                })
                .connect();
        cache = client.cache("c");
        await().until(() -> cache.set("warm", "up"));
        zones.flush();
        writes.clear();
    }

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void timeoutsAndPoliciesChangeForCachesThatExist() {
        LiveSettings changed = client.update(s -> s.readTimeout(Duration.ofSeconds(5))
                .writeTimeout(Duration.ofSeconds(7))
                .readPolicy(ReadPolicy.LOCAL_FIRST_ERRORS_ONLY)
                .writePolicy(WritePolicy.ONE));

        cache.lookup("k");
        cache.set("k", "v");

        assertThat(client.settings()).isSameAs(changed);
        assertThat(reads).singleElement().satisfies(read -> {
            assertThat(read.deadline().allowed()).isEqualTo(Duration.ofSeconds(5));
            assertThat(read.policy()).isEqualTo(ReadPolicy.LOCAL_FIRST_ERRORS_ONLY);
        });
        assertThat(writes).singleElement().satisfies(write -> {
            assertThat(write.deadline().allowed()).isEqualTo(Duration.ofSeconds(7));
            assertThat(write.policy()).isSameAs(WritePolicy.ONE);
        });
    }

    @Test
    void policiesThatACacheChoseStay() {
        EvCache<String> own = client.cache(
                "c", Codec.utf8(), o -> o.readPolicy(ReadPolicy.FASTEST_FIRST).writePolicy(WritePolicy.QUORUM));

        client.update(s -> s.readPolicy(ReadPolicy.LOCAL_FIRST_ERRORS_ONLY).writePolicy(WritePolicy.ONE));
        own.lookup("k");
        own.set("k", "v");

        assertThat(reads).extracting(Read::policy).containsExactly(ReadPolicy.FASTEST_FIRST);
        assertThat(writes).extracting(Write::policy).containsExactly(WritePolicy.QUORUM);
    }

    @Test
    void everyProblemOfAChangeIsReportedAndNothingChanges() {
        LiveSettings before = client.settings();

        assertThatThrownBy(() -> client.update(s -> s.readTimeout(Duration.ZERO)
                        .writePolicy(WritePolicy.ONE)
                        .writeTimeout(Duration.ofHours(2))
                        .zoneMode("nowhere", ZoneMode.DRAINING)))
                .isInstanceOfSatisfying(
                        InvalidConfiguration.class,
                        failure -> assertThat(failure.problems()).hasSize(3));
        assertThat(client.settings()).isSameAs(before);
    }

    /** It used to be refused with every change, switches for an emergency included. */
    @Test
    void modeOfAZoneThatHasGoneIsNoProblemOfALaterChange() {
        CompletableFuture<TopologyListener> listener = new CompletableFuture<>();
        Topology three = Topology.parse(zones.connectString());
        EvCacheConfig config =
                EvCacheConfig.builder().discoveredZones().localZone("a").build();
        try (EvCacheClient discovering = EvCacheClient.builder(config)
                .topology(to -> {
                    listener.complete(to);
                    to.changed(three);
                    return () -> {};
                })
                .connect()) {
            discovering.update(s -> s.zoneMode("c", ZoneMode.DRAINING));
            listener.join().changed(new Topology(three.zones().subList(0, 2)));
            await().until(() -> discovering.view().zones().size() == 2);

            discovering.update(s -> s.cacheMode("profiles", CacheMode.OFF));
            discovering.update(s -> s.zoneMode("b", ZoneMode.DRAINING));

            assertThat(discovering.settings().cacheMode("profiles")).isSameAs(CacheMode.OFF);
            assertThatThrownBy(() -> discovering.update(s -> s.zoneMode("c", ZoneMode.WRITE_ONLY)))
                    .isInstanceOf(InvalidConfiguration.class)
                    .hasMessageContaining("zone 'c'");
        }
    }

    /** The two met in the other order than their settings, and the zone kept the mode that nobody had asked for last. */
    @Test
    void modesInForceAreThoseOfTheSettingsWhoeverAppliesThemLast() throws Exception {
        Field field = EvCacheClient.class.getDeclaredField("topology");
        field.setAccessible(true);
        Object control = field.get(client);
        Thread drains = new Thread(() -> client.update(s -> s.zoneMode("c", ZoneMode.DRAINING)));
        Thread restores = new Thread(() -> client.update(s -> s.zoneMode("c", ZoneMode.READ_WRITE)));

        synchronized (control) { // as while a topology of the source is looked at
            drains.start();
            await().until(() -> drains.getState() == Thread.State.BLOCKED);
            restores.start();
            await().until(() -> restores.getState() == Thread.State.BLOCKED);
        }
        drains.join();
        restores.join();

        assertThat(client.topology().modes()).isEqualTo(client.settings().zoneModes());
    }

    /** A call that had looked at the settings before, for its deadline, went through. */
    @Test
    void nothingIsSentOnceUpdateHasReturned() {
        Calls<String> calls = cache.async().calls();
        Deadline seenBefore = calls.writeDeadline();
        client.update(s -> s.cacheMode("c", CacheMode.OFF));

        WriteLatch latch = calls.write(calls.commands().set("k", "v", TTL), null, seenBefore);

        assertThat(latch.now().zones())
                .hasSize(3)
                .allSatisfy(zone -> assertThat(zone.failure()).isInstanceOf(SwitchedOff.class));
        assertThat(zones.zonesHolding("c:k")).isEmpty();
    }

    @Test
    void changesOfSeveralThreadsAreAllKept() {
        List<CompletableFuture<LiveSettings>> changes = List.of("p", "q", "r", "s", "t").stream()
                .map(name ->
                        CompletableFuture.supplyAsync(() -> client.update(s -> s.cacheMode(name, CacheMode.NO_READS))))
                .toList();

        changes.forEach(CompletableFuture::join);

        assertThat(client.settings().cacheModes()).hasSize(5);
    }

    @Test
    void zoneThatIsDrainingIsReadLastAndLosesWhatIsWritten() {
        cache.set("old", "v", TTL);
        cache.set("changed", "v1", TTL);
        zones.nodes("b").forEach(EmbeddedMemcached::flush);
        zones.nodes("c").forEach(EmbeddedMemcached::flush);

        client.update(s -> s.zoneMode("a", ZoneMode.DRAINING));
        boolean stored = cache.set("changed", "v2", TTL);
        GetResult<String> old = cache.lookup("old");

        assertThat(stored).isTrue();
        await().until(() -> zones.zonesHolding("c:changed").equals(Set.of("b", "c")));
        assertThat(old.value()).isEqualTo("v");
        assertThat(old.zone()).isEqualTo("a");
        await().until(() -> zones.zonesHolding("c:old").size() == 3);
        assertThat(cache.lookup("changed").zone()).isEqualTo("b");
    }

    @Test
    void zoneThatIsDrainingIsSaidNotToHaveStored() {
        client.update(s -> s.zoneMode("c", ZoneMode.DRAINING));

        WriteLatch latch = cache.async().set("k", "v");
        latch.settled().await(Deadline.after(Duration.ofSeconds(10), Ticker.system()));

        assertThat(latch.now().isMet()).isTrue();
        assertThat(latch.expected()).isEqualTo(2);
        assertThat(latch.now().zones(ZoneOutcome.Status.REFUSED)).containsExactly("c");
    }

    /** The draining zone's no was taken for one of the zone that decides, and what had been added was appended once more. */
    @Test
    void appendOrAddAddsOnceWhileAZoneIsDraining() {
        client.update(s -> s.zoneMode("c", ZoneMode.DRAINING));

        WriteResult added =
                cache.async().appendOrAdd("k", "1").settled().toFuture().join();

        assertThat(added.isMet()).isTrue();
        assertThat(text("a", "c:k")).isEqualTo("1");
        assertThat(text("b", "c:k")).isEqualTo("1");
    }

    /** It appended to what that zone had left, and added nothing to those that are read. */
    @Test
    void appendOrAddAsksTheZonesInServiceWhetherThereIsAnything() {
        cache.set("k", "old");
        zones.nodes("a").forEach(EmbeddedMemcached::flush);
        zones.nodes("b").forEach(EmbeddedMemcached::flush);
        client.update(s -> s.zoneMode("c", ZoneMode.WRITE_ONLY));

        WriteResult added =
                cache.async().appendOrAdd("k", "1").settled().toFuture().join();

        assertThat(added.isMet()).isTrue();
        assertThat(text("a", "c:k")).isEqualTo("1");
        assertThat(text("b", "c:k")).isEqualTo("1");
        assertThat(text("c", "c:k")).isEqualTo("1");
    }

    private String text(String zone, String key) {
        return zones.peek(zone, key).map(EmbeddedMemcached.Item::text).orElse("nothing");
    }

    @Test
    void deletesReachAZoneThatIsDraining() {
        cache.set("k", "v", TTL);

        client.update(s -> s.zoneMode("a", ZoneMode.DRAINING));
        cache.delete("k");

        await().until(() -> zones.zonesHolding("c:k").isEmpty());
    }

    @Test
    void zoneReturnsToItsConfiguredModeWithoutNewConnections() {
        int connections = zones.node("a", 0).connections();
        client.update(s -> s.zoneMode("a", ZoneMode.WRITE_ONLY));
        cache.set("k", "v");
        assertThat(cache.lookup("k").zone()).isEqualTo("b");
        assertThat(client.topology().modes()).isEqualTo(Map.of("a", ZoneMode.WRITE_ONLY));

        client.update(s -> s.zoneModeAsConfigured("a"));

        assertThat(cache.lookup("k").zone()).isEqualTo("a");
        assertThat(zones.node("a", 0).connections()).isEqualTo(connections);
    }

    @ParameterizedTest
    @CsvSource({
        "ON,        true,  true,  true",
        "NO_READS,  false, true,  true",
        "NO_WRITES, true,  false, true",
        "NEAR_ONLY, false, false, false",
        "OFF,       false, false, false"
    })
    void cacheModeSaysWhatIsSent(CacheMode mode, boolean read, boolean stored, boolean deleted) {
        cache.set("there", "v", TTL);
        cache.set("gone", "v", TTL);
        writes.clear();

        client.update(s -> s.cacheMode("c", mode));

        assertThat(cache.get("there") != null).isEqualTo(read);
        assertThat(cache.lookup("there").status()).isSameAs(read ? Status.HIT : Status.MISS);
        assertThat(cache.getAll(List.of("there"))).hasSize(read ? 1 : 0);
        assertThat(cache.async().get("there").join() != null).isEqualTo(read);
        assertThat(cache.set("new", "v", TTL)).isEqualTo(stored);
        assertThat(cache.touch("there", TTL)).isEqualTo(stored);
        assertThat(cache.delete("gone")).isEqualTo(deleted);
        assertThat(zones.zonesHolding("c:new")).hasSize(stored ? 3 : 0);
        assertThat(zones.zonesHolding("c:gone")).hasSize(deleted ? 0 : 3);
        assertThat(reads).hasSize(read ? 4 : 0);
        assertThat(writes).hasSize((stored ? 2 : 0) + (deleted ? 1 : 0));
    }

    @Test
    void whatIsSwitchedOffSaysSoAndOtherCachesGoOn() {
        EvCache<String> other = client.cache("other");

        client.update(s -> s.cacheMode("c", CacheMode.OFF));
        GetResult<String> read = cache.lookup("k");
        WriteLatch write = cache.async().set("k", "v");

        assertThat(read).isEqualTo(new GetResult<>(Status.MISS, null, null, 0, null));
        assertThat(write.byZone())
                .hasSize(3)
                .allSatisfy(zone -> assertThat(zone.failure())
                        .isInstanceOf(SwitchedOff.class)
                        .hasMessage("set is switched off: cache c is OFF"));
        assertThat(other.set("k", "v")).isTrue();
        assertThat(client.settings().cacheMode("c")).isSameAs(CacheMode.OFF);
        assertThat(client.settings().cacheMode("other")).isSameAs(CacheMode.ON);
    }

    @ParameterizedTest
    @CsvSource({"ON, true", "NO_READS, false", "NO_WRITES, true", "NEAR_ONLY, true", "OFF, false"})
    void nearCacheAnswersUnlessReadsAreOff(CacheMode mode, boolean answers) {
        EvCache<String> near = client.cache("c", Codec.utf8(), o -> o.nearCache(NEAR));
        near.set("k", "v", TTL);
        await().until(() -> near.lookup("k").attempts() == 0);
        zones.flush();

        client.update(s -> s.cacheMode("c", mode));

        assertThat(near.get("k") != null).isEqualTo(answers);
    }

    @Test
    void writeThatIsSwitchedOffIsForgottenNearby() {
        EvCache<String> near = client.cache("c", Codec.utf8(), o -> o.nearCache(NEAR));
        near.set("k", "v1", TTL);
        await().until(() -> near.lookup("k").attempts() == 0);

        client.update(s -> s.cacheMode("c", CacheMode.NEAR_ONLY));
        near.set("k", "v2", TTL);

        assertThat(near.get("k")).isNull();
    }

    @Test
    void viewsWithAnotherReadPolicyAreSwitchedToo() {
        EvCache<String> view = cache.reading(ReadPolicy.FASTEST_FIRST);
        cache.set("k", "v");
        assertThat(view.get("k")).isEqualTo("v");

        client.update(s -> s.cacheMode("c", CacheMode.OFF));

        assertThat(view.get("k")).isNull();
        assertThat(cache.reading(ReadPolicy.FASTEST_FIRST).get("k")).isNull();
        assertThat(view.delete("k")).isFalse();
    }

    @Test
    void cacheThatIsSwitchedOnAgainIsAsBefore() {
        cache.set("k", "v");
        client.update(s -> s.cacheMode("c", CacheMode.OFF));

        client.update(s -> s.cacheMode("c", CacheMode.ON));

        assertThat(cache.get("k")).isEqualTo("v");
        assertThat(client.settings().cacheModes()).isEmpty();
    }

    @Test
    void topologyThatLosesAZoneIsRefusedUntilAccepted() {
        CompletableFuture<TopologyListener> source = new CompletableFuture<>();
        Topology all = Topology.parse(zones.connectString());
        Topology less = new Topology(all.zones().subList(1, 3));
        EvCacheConfig config =
                EvCacheConfig.builder().discoveredZones().localZone("a").build();
        try (EvCacheClient discovering = EvCacheClient.builder(config)
                .topology(listener -> {
                    source.complete(listener);
                    listener.changed(all);
                    return () -> {};
                })
                .connect()) {
            source.join().changed(less);

            assertThat(discovering.topology().current()).contains(all);
            assertThat(discovering.topology().refusals()).isOne();
            assertThat(discovering.topology().objections()).containsExactly("zone a is gone");
            assertThat(discovering.acceptTopology()).isTrue();
            assertThat(discovering.topology().current()).contains(less);
            await().until(() -> !discovering.toString().contains("a READ_WRITE"));
        }
    }
}
