package io.evcache.client;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.evcache.client.GetResult.Status;
import io.evcache.client.pipeline.WriteLatch;
import io.evcache.client.pipeline.WritePolicy;
import io.evcache.client.pipeline.WriteResult;
import io.evcache.client.pipeline.ZoneOutcome;
import io.evcache.core.command.Lookup.Usage;
import io.evcache.core.value.Codec;
import io.evcache.core.value.Compression;
import io.evcache.core.value.Ttl;
import io.evcache.testkit.EmbeddedMemcached;
import io.evcache.testkit.EmbeddedZones;
import io.evcache.testkit.EmbeddedZonesExtension;
import io.evcache.testkit.TestClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What each operation does to three zones, seen by callers whose local zones differ. */
class OperationsTest {
    private static final TestClock CLOCK = TestClock.create();
    private static final Duration MINUTE = Duration.ofMinutes(1);

    @RegisterExtension
    static final EmbeddedZonesExtension servers = EmbeddedZonesExtension.of(
            EmbeddedZones.builder().zones(2, "a", "b", "c").clock(CLOCK));

    private final EmbeddedZones zones = servers.zones();
    private EvCacheClient inA;
    private EvCacheClient inC;
    private EvCache<String> cache;
    private EvCache<String> otherCaller;

    @BeforeEach
    void connect() {
        inA = connect("a", 16_384);
        inC = connect("c", 16_384);
        cache = inA.cache("test");
        otherCaller = inC.cache("test");
    }

    @AfterEach
    void close() {
        inA.close();
        inC.close();
    }

    private EvCacheClient connect(String localZone, int maxInFlight) {
        EvCacheClient client = EvCacheClient.connect(EvCacheConfig.builder(zones.connectString())
                .localZone(localZone)
                .readTimeout(Duration.ofSeconds(10)) // generous, for busy machines
                .writeTimeout(Duration.ofSeconds(10))
                .writePolicy(WritePolicy.ALL)
                .maxInFlightPerConnection(maxInFlight)
                .build());
        EvCacheClientTest.awaitConnected(client);
        return client;
    }

    @Test
    void addIsDecidedByOneZoneAndWrittenOverWhatOthersHaveLeft() {
        String key = keyDecidedBy("b");
        cache.set(key, "old");
        zones.nodes("b").forEach(EmbeddedMemcached::flush); // evicted there, as each zone does for itself

        assertThat(otherCaller.add(key, "new")).isTrue();

        assertThat(heldOf(key)).containsExactly("new", "new", "new");
    }

    @Test
    void addIsRefusedByTheZoneThatDecidesWhateverOthersHaveLost() {
        String key = keyDecidedBy("b");
        cache.set(key, "old");
        zones.nodes("a").forEach(EmbeddedMemcached::flush);
        zones.nodes("c").forEach(EmbeddedMemcached::flush);

        WriteResult result = cache.async().add(key, "new").settled().toFuture().join();

        assertThat(result.isMet()).isFalse();
        assertThat(result.zones(ZoneOutcome.Status.REFUSED)).containsExactly("b");
        assertThat(result.zones(ZoneOutcome.Status.SKIPPED)).containsExactly("a", "c");
        assertThat(zones.zonesHolding("test:" + key)).containsExactly("b");
    }

    @Test
    void ofManyCallersInDifferentZonesOneAddWinsAndAllZonesHoldItsValue() {
        for (int round = 0; round < 50; round++) {
            String key = "race" + round;
            Map<String, WriteLatch> callers = new LinkedHashMap<>();
            for (int i = 0; i < 4; i++) {
                callers.put("a" + i, cache.async().add(key, "a" + i));
                callers.put("c" + i, otherCaller.async().add(key, "c" + i));
            }
            List<String> winners = new ArrayList<>();
            callers.forEach((value, latch) -> {
                if (latch.settled().toFuture().join().isMet()) {
                    winners.add(value);
                }
            });

            assertThat(winners).hasSize(1);
            assertThat(heldOf(key)).containsOnly(winners.get(0));
        }
    }

    @Test
    void addFailsWhileTheZoneThatDecidesIsDownAndOnlyThen() {
        String decidedByC = keyDecidedBy("c");
        String decidedByA = keyDecidedBy("a");
        cache.delete(decidedByC);
        cache.delete(decidedByA);
        EvCache<String> one = inA.cache("test", Codec.utf8(), o -> o.writePolicy(WritePolicy.ONE));
        zones.stopZone("c");

        assertThat(one.add(decidedByC, "v")).isFalse();
        assertThat(one.add(decidedByA, "v")).isTrue();
        assertThat(zones.zonesHolding("test:" + decidedByC)).isEmpty();
    }

    @Test
    void replaceTouchesOnlyZonesThatHaveTheItem() {
        cache.set("k", "old");
        zones.nodes("b").forEach(EmbeddedMemcached::flush);

        WriteResult result =
                cache.async().replace("k", "new").settled().toFuture().join();

        assertThat(result.zones(ZoneOutcome.Status.DONE)).containsExactly("a", "c");
        assertThat(result.zones(ZoneOutcome.Status.REFUSED)).containsExactly("b");
        assertThat(heldOf("k")).containsExactly("new", null, "new");
        assertThat(cache.replace("nothing", "v", MINUTE)).isFalse();
        assertThat(cache.replace("k", "newer", MINUTE)).isFalse();
    }

    @Test
    void appendAndPrependExtendTheItemAndKeepItsLife() {
        cache.set("k", "b", Duration.ofSeconds(100));

        assertThat(cache.append("k", "c")).isTrue();
        assertThat(cache.prepend("k", "a")).isTrue();

        assertThat(heldOf("k")).containsExactly("abc", "abc", "abc");
        assertThat(zones.peek("b", "test:k").orElseThrow().ttlLeft()).contains(Duration.ofSeconds(100));
        assertThat(cache.append("nothing", "c")).isFalse();
        assertThat(cache.prepend("nothing", "c")).isFalse();
    }

    @Test
    void whatIsCompressedCannotBeAppended() {
        EvCache<String> compressed =
                inA.cache("test", Codec.utf8().compressed(Compression.gzip().withThresholdBytes(10)));

        assertThatThrownBy(() -> compressed.append("k", "x".repeat(1_000)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("test:k")
                .hasMessageContaining("compressed");
    }

    @Test
    void appendOrAddBeginsWhereMostHaveNothingAndExtendsOtherwise() {
        assertThat(cache.appendOrAdd("k", "1", MINUTE)).isTrue();
        assertThat(cache.appendOrAdd("k", "2")).isTrue();
        assertThat(otherCaller.appendOrAdd("k", "3", Duration.ofHours(2))).isTrue();

        assertThat(heldOf("k")).containsExactly("123", "123", "123");
        assertThat(zones.peek("a", "test:k").orElseThrow().ttlLeft()).contains(MINUTE);
    }

    @Test
    void zoneThatAloneHasLostTheItemIsNotGivenAPartAsTheWhole() {
        cache.set("k", "1");
        zones.nodes("b").forEach(EmbeddedMemcached::flush);
        EvCache<String> quorum = inA.cache("test", Codec.utf8(), o -> o.writePolicy(WritePolicy.QUORUM));

        assertThat(quorum.appendOrAdd("k", "2")).isTrue();

        assertThat(heldOf("k")).containsExactly("12", null, "12");
    }

    /** With a quorum that had nothing the piece was added, and took the place of the whole in the zone that had it. */
    @ParameterizedTest
    @ValueSource(strings = {"a", "b", "c"})
    void nothingIsAddedBeforeTheLastZoneHasSaidThatItHasNothing(String decider) {
        String key = keyDecidedBy(decider);
        cache.set(key, "1");
        zones.nodes("b").forEach(EmbeddedMemcached::flush);
        zones.nodes("c").forEach(EmbeddedMemcached::flush);
        EvCache<String> quorum = inA.cache("test", Codec.utf8(), o -> o.writePolicy(WritePolicy.QUORUM));
        zones.hangZone("a");

        WriteLatch latch = quorum.async().appendOrAdd(key, "2");
        await().until(() -> latch.now().zones(ZoneOutcome.Status.REFUSED).equals(List.of("b", "c")));
        zones.resumeZone("a");

        assertThat(latch.settled().toFuture().join().zones(ZoneOutcome.Status.DONE))
                .containsExactly("a");
        assertThat(heldOf(key)).containsExactly("12", null, null);
    }

    /** With a policy that waits for nobody, those that came too late to be added were lost. */
    @ParameterizedTest
    @EnumSource(names = {"NONE", "ONE", "ALL"})
    void everyAppendOrAddOfManyCallersIsInTheZoneThatDecidesOnce(WritePolicy policy) {
        EvCache<String> one = inA.cache("test", Codec.utf8(), o -> o.writePolicy(policy));
        List<WriteLatch> latches = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            latches.add((i % 2 == 0 ? one : otherCaller).async().appendOrAdd("list", "" + i));
        }
        latches.forEach(latch -> latch.settled().toFuture().join());

        String decider = tokenOf(cache, "list").zone();
        char[] held = held(decider, "list").orElseThrow().toCharArray();
        Arrays.sort(held);
        assertThat(new String(held)).isEqualTo("012345678");
    }

    @Test
    void appendOrAddOfACacheThatIsDownEndsUnmet() {
        List.of("a", "b", "c").forEach(zones::stopZone);
        await().until(() -> !inA.toString().replace("not connected", "down").contains(" connected"));

        WriteLatch latch = cache.async().appendOrAdd("k", "v", MINUTE);

        assertThat(latch.toCompletableFuture().join().isMet()).isFalse();
        assertThat(latch.settled().toFuture().join().zones())
                .extracting(ZoneOutcome::status)
                .containsOnly(ZoneOutcome.Status.FAILED);
        assertThat(latch.await(Duration.ofSeconds(10))).isFalse();
    }

    @Test
    void compareAndSetStoresUnlessSomebodyHasWrittenSince() {
        cache.set("k", "old");
        CasToken seen = tokenOf(cache, "k");
        CasToken seenByOther = tokenOf(otherCaller, "k");

        assertThat(otherCaller.compareAndSet("k", "theirs", seenByOther, MINUTE))
                .isTrue();
        assertThat(cache.compareAndSet("k", "mine", seen)).isFalse();

        assertThat(seen).isEqualTo(seenByOther);
        assertThat(heldOf("k")).containsExactly("theirs", "theirs", "theirs");
        WriteResult result = cache.async()
                .compareAndSet("k", "mine", seen)
                .settled()
                .toFuture()
                .join();
        assertThat(result.zones(ZoneOutcome.Status.REFUSED)).containsExactly(seen.zone());
        assertThat(result.zones(ZoneOutcome.Status.SKIPPED)).hasSize(2);
    }

    @Test
    void compareAndSetOfAnItemThatIsGoneStoresNothing() {
        cache.set("k", "old");
        CasToken seen = tokenOf(cache, "k");
        cache.delete("k");

        assertThat(cache.async().compareAndSet("k", "new", seen, MINUTE).await(Duration.ofSeconds(10)))
                .isFalse();

        assertThat(zones.zonesHolding("test:k")).isEmpty();
    }

    @Test
    void noUpdateIsLostBetweenCallersInDifferentZonesThatCompareAndSet() throws Exception {
        cache.set("sum", "0");
        CompletableFuture<Void> first = CompletableFuture.runAsync(() -> addUpTo(cache, 50));
        CompletableFuture<Void> second = CompletableFuture.runAsync(() -> addUpTo(otherCaller, 50));
        CompletableFuture.allOf(first, second).join();

        assertThat(held(tokenOf(cache, "sum").zone(), "sum")).contains("100");
    }

    private static void addUpTo(EvCache<String> cache, int times) {
        for (int done = 0; done < times; ) {
            GetResult<String> seen = cache.lookup("sum", Detail.CAS);
            String next = String.valueOf(Integer.parseInt(seen.found().orElseThrow()) + 1);
            if (cache.compareAndSet("sum", next, requireNonNull(seen.details().cas()), MINUTE)) {
                done++;
            }
        }
    }

    @Test
    void tokenIsReadFromTheZoneThatDecidesAndFromNoOther() {
        String key = keyDecidedBy("b");
        cache.set(key, "v");

        assertThat(cache.lookup(key).zone()).isEqualTo("a");
        GetResult<String> withToken = cache.lookup(key, Detail.CAS);
        zones.stopZone("b");

        assertThat(withToken.zone()).isEqualTo("b");
        assertThat(withToken.details().cas()).extracting(CasToken::zone).isEqualTo("b");
        assertThat(cache.lookup(key, Detail.CAS).status()).isEqualTo(Status.FAILED);
        assertThat(cache.lookup(key).status()).isEqualTo(Status.HIT);
    }

    /** Asking twice was an IllegalArgumentException of a collection. */
    @Test
    void detailThatIsAskedForTwiceIsToldOnce() {
        cache.set("k", "v", MINUTE);

        assertThat(cache.lookup("k", Detail.TTL, Detail.TTL).details().ttl()).isNotNull();
        assertThat(cache.async().lookup("k", Detail.TTL, Detail.TTL).join().isHit())
                .isTrue();
    }

    @Test
    void lookupTellsTheLifeThatIsLeft() {
        cache.set("k", "v", Duration.ofSeconds(100));
        inA.cache("test", Codec.utf8(), CacheOptions::neverExpires).set("ever", "v");
        CLOCK.advance(Duration.ofSeconds(30));

        assertThat(cache.lookup("k", Detail.TTL).details()).isEqualTo(new ItemDetails(null, Ttl.ofSeconds(70), null));
        assertThat(cache.lookup("ever", Detail.TTL).details()).isEqualTo(new ItemDetails(null, Ttl.none(), null));
        assertThat(cache.lookup("nothing", Detail.TTL).details()).isEqualTo(ItemDetails.NONE);
        assertThat(cache.async().lookup("k", Detail.TTL, Detail.CAS).join().details())
                .satisfies(details -> {
                    assertThat(details.ttl()).isEqualTo(Ttl.ofSeconds(70));
                    assertThat(details.cas()).isNotNull();
                });
    }

    @Test
    void lookupTellsSizeAndUse() {
        cache.set("k", "value");

        Usage unread = requireNonNull(cache.lookup("k", Detail.USAGE).details().usage());
        CLOCK.advance(Duration.ofSeconds(30));
        Usage read = requireNonNull(cache.lookup("k", Detail.USAGE).details().usage());

        assertThat(unread).isEqualTo(new Usage(5, 0, false));
        assertThat(read).isEqualTo(new Usage(5, 30, true));
    }

    @Test
    void locateNamesTheNodeThatHoldsTheKeyWithoutAskingAnybody() {
        cache.set("k", "v");
        List<Location> before = cache.locate("k");
        zones.zoneNames().forEach(zones::stopZone);

        List<Location> after = cache.locate("k");

        assertThat(after).isEqualTo(before);
        assertThat(before).extracting(Location::zone).containsExactly("a", "b", "c");
        for (Location home : before) {
            long holding = zones.nodes(home.zone()).stream()
                    .filter(node -> node.address().equals(home.node().toString()))
                    .count();
            assertThat(holding).isEqualTo(1);
            assertThat(home.ringPoint()).isBetween(0L, 0xFFFF_FFFFL);
        }
    }

    @Test
    void inspectTellsWhatEachZoneHoldsAndIsNoUseOfTheItem() {
        cache.set("k", "value", Duration.ofSeconds(100));
        zones.nodes("b").forEach(EmbeddedMemcached::flush);
        CLOCK.advance(Duration.ofSeconds(30));
        zones.stopZone("c");

        List<ZoneItem> items = cache.inspect("k");

        assertThat(items)
                .extracting(ZoneItem::state)
                .containsExactly(ZoneItem.State.PRESENT, ZoneItem.State.ABSENT, ZoneItem.State.UNKNOWN);
        ZoneItem present = items.get(0);
        assertThat(present.location()).isEqualTo(cache.locate("k").get(0));
        assertThat(present.flags()).isZero();
        assertThat(present.details().ttl()).isEqualTo(Ttl.ofSeconds(70));
        assertThat(present.details().usage()).isEqualTo(new Usage(5, 30, false));
        assertThat(requireNonNull(present.details().cas()).value())
                .isEqualTo(zones.peek("a", "test:k").orElseThrow().cas());
        assertThat(items.get(2).cause()).isNotNull();
        assertThat(requireNonNull(cache.async()
                                .inspect("k")
                                .join()
                                .get(0)
                                .details()
                                .usage())
                        .readBefore())
                .isFalse();
    }

    @Test
    void getAndTouchRenewsTheLifeInEveryZone() {
        cache.set("k", "v", Duration.ofSeconds(100));
        cache.set("l", "v", Duration.ofSeconds(100));

        assertThat(cache.getAndTouch("k", Duration.ofSeconds(500))).isEqualTo("v");
        assertThat(cache.async().getAndTouch("l", Duration.ofSeconds(500)).join())
                .isEqualTo("v");
        assertThat(cache.getAndTouch("nothing", MINUTE)).isNull();
        cache.touch("k", Duration.ofSeconds(500)); // behind the others on the same connections
        cache.touch("l", Duration.ofSeconds(500));

        for (String zone : zones.zoneNames()) {
            assertThat(zones.peek(zone, "test:k").orElseThrow().ttlLeft()).contains(Duration.ofSeconds(500));
            assertThat(zones.peek(zone, "test:l").orElseThrow().ttlLeft()).contains(Duration.ofSeconds(500));
        }
        assertThat(zones.zonesHolding("test:nothing")).isEmpty();
    }

    @Test
    void setAllAndDeleteAllOfMoreThanAConnectionTakesWriteEverything() {
        Map<String, String> values = new LinkedHashMap<>();
        IntStream.range(0, 300).forEach(i -> values.put("k" + i, "v" + i));
        try (EvCacheClient narrow = connect("a", 16)) {
            EvCache<String> few = narrow.cache("test");

            assertThat(few.setAll(values, MINUTE)).isEmpty();
            assertThat(few.getAll(values.keySet())).isEqualTo(values);
            assertThat(few.deleteAll(values.keySet())).isEmpty();
            assertThat(few.getAll(values.keySet())).isEmpty();
            assertThat(few.async().setAll(values).join()).isEmpty();
            assertThat(few.getAll(values.keySet())).isEqualTo(values);
            assertThat(few.async().deleteAll(values.keySet()).join()).isEmpty();
            assertThat(few.getAll(values.keySet())).isEmpty();
        }
    }

    @Test
    void setAllNamesTheKeysThatFailed() {
        zones.node("b", 0).stop();
        Map<String, String> values = new LinkedHashMap<>();
        IntStream.range(0, 100).forEach(i -> values.put("k" + i, "v" + i));

        Set<String> failed = cache.setAll(values, MINUTE);

        assertThat(failed).isNotEmpty().hasSizeLessThan(100);
        assertThat(values.keySet())
                .allSatisfy(key -> assertThat(held("b", key).isPresent()).isEqualTo(!failed.contains(key)));
        assertThat(cache.setAll(Map.of())).isEmpty();
        assertThat(cache.deleteAll(List.of())).isEmpty();
    }

    @Test
    void oneValueThatIsTooLargeStopsSetAllBeforeAnythingIsSent() {
        Map<String, String> values = new LinkedHashMap<>();
        values.put("fine", "v");
        values.put("large", "x".repeat(2 << 20));

        assertThatThrownBy(() -> cache.setAll(values, MINUTE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("test:large");

        assertThat(zones.zonesHolding("test:fine")).isEmpty();
    }

    private CasToken tokenOf(EvCache<String> from, String key) {
        return requireNonNull(from.lookup(key, Detail.CAS).details().cas());
    }

    private String keyDecidedBy(String zone) {
        for (int i = 0; ; i++) {
            String key = "by-" + zone + i;
            cache.set(key, "to find out");
            if (tokenOf(cache, key).zone().equals(zone)) {
                return key;
            }
        }
    }

    /** In the order of the zones, null where there is nothing. */
    private List<String> heldOf(String key) {
        List<String> values = new ArrayList<>();
        zones.zoneNames().forEach(zone -> values.add(held(zone, key).orElse(null)));
        return values;
    }

    private Optional<String> held(String zone, String key) {
        return zones.peek(zone, "test:" + key).map(EmbeddedMemcached.Item::text);
    }
}
