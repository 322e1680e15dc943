package io.evcache.client;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.evcache.client.pipeline.WritePolicy;
import io.evcache.testkit.EmbeddedMemcached;
import io.evcache.testkit.EmbeddedZones;
import io.evcache.testkit.EmbeddedZonesExtension;
import io.evcache.testkit.TestClock;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Counters that callers with different local zones share. */
class CountersTest {
    private static final TestClock CLOCK = TestClock.create();
    private static final Duration MINUTE = Duration.ofMinutes(1);

    @RegisterExtension
    static final EmbeddedZonesExtension servers = EmbeddedZonesExtension.of(
            EmbeddedZones.builder().zones(2, "a", "b", "c").clock(CLOCK));

    private final EmbeddedZones zones = servers.zones();
    private EvCacheClient inA;
    private EvCacheClient inC;
    private Counters counters;
    private Counters ofOtherCaller;

    @BeforeEach
    void connect() {
        inA = connect("a");
        inC = connect("c");
        counters = inA.counters("hits");
        ofOtherCaller = inC.counters("hits");
    }

    private EvCacheClient connect(String localZone) {
        EvCacheClient client = EvCacheClient.connect(EvCacheConfig.builder(zones.connectString())
                .localZone(localZone)
                .readTimeout(Duration.ofSeconds(10))
                .writeTimeout(Duration.ofSeconds(10))
                .build());
        EvCacheClientTest.awaitConnected(client);
        return client;
    }

    @AfterEach
    void close() {
        inA.close();
        inC.close();
    }

    @Test
    void noIncrementIsLostOrCountedTwiceWhereverItComesFrom() {
        CompletableFuture<Void> first = CompletableFuture.runAsync(() -> count(counters, 200));
        CompletableFuture<Void> second = CompletableFuture.runAsync(() -> count(ofOtherCaller, 200));
        CompletableFuture.allOf(first, second).join();

        assertThat(counters.get("page")).hasValue(400);
        assertThat(ofOtherCaller.get("page")).hasValue(400);
    }

    private static void count(Counters counters, int times) {
        for (int i = 0; i < times; i++) {
            assertThat(counters.increment("page", 1)).isPresent();
        }
    }

    @Test
    void counterBeginsAtTheDeltaOrAtTheInitialValueOrNotAtAll() {
        assertThat(counters.increment("delta", 3)).hasValue(3);
        assertThat(counters.increment("delta", 3)).hasValue(6);
        assertThat(counters.increment("initial", 3, 100, MINUTE)).hasValue(100);
        assertThat(counters.increment("initial", 3, 100, MINUTE)).hasValue(103);
        assertThat(counters.decrement("down", 3, 10, MINUTE)).hasValue(10);
        assertThat(counters.decrement("down", 3, 10, MINUTE)).hasValue(7);
        assertThat(counters.incrementIfPresent("none", 3)).isEmpty();
        assertThat(counters.decrementIfPresent("none", 3)).isEmpty();
        assertThat(counters.get("none")).isEmpty();
        assertThat(counters.incrementIfPresent("down", 1)).hasValue(8);
        assertThat(counters.decrementIfPresent("down", 10)).hasValue(0);
    }

    @Test
    void asynchronousCountersCountTheSame() {
        AsyncCounters async = counters.async();

        assertThat(async.increment("k", 2).join()).hasValue(2);
        assertThat(async.increment("k", 2, 50, MINUTE).join()).hasValue(4);
        assertThat(async.decrement("k", 1, 50, MINUTE).join()).hasValue(3);
        assertThat(async.incrementIfPresent("k", 1).join()).hasValue(4);
        assertThat(async.decrementIfPresent("k", 1).join()).hasValue(3);
        assertThat(async.incrementIfPresent("none", 1).join()).isEmpty();
        assertThat(async.decrementIfPresent("none", 1).join()).isEmpty();
        assertThat(async.get("k").join()).hasValue(3);
        assertThat(async.get("none").join()).isEmpty();
        assertThat(async.set("k", 9, MINUTE).await(Duration.ofSeconds(10))).isTrue();
        assertThat(async.get("k").join()).hasValue(9);
        assertThat(async.delete("k").await(Duration.ofSeconds(10))).isTrue();
        assertThat(async.get("k").join()).isEmpty();
    }

    @Test
    void copiesHaveTheLifeThatTheOwnersCounterHasLeft() {
        counters.increment("k", 1, 1, Duration.ofSeconds(100));
        CLOCK.advance(Duration.ofSeconds(40));

        Counters waiting = inA.counters("hits", o -> o.writePolicy(WritePolicy.ALL));
        assertThat(waiting.increment("k", 1, 1, Duration.ofSeconds(100))).hasValue(2);

        for (String zone : zones.zoneNames()) {
            EmbeddedMemcached.Item item = zones.peek(zone, "hits:k").orElseThrow();
            assertThat(item.text()).isEqualTo("2");
            assertThat(item.ttlLeft()).contains(Duration.ofSeconds(60));
        }
    }

    @Test
    void copyIsReadWhileTheOwnerIsDownAndNothingIsCounted() {
        Counters waiting = inA.counters("hits", o -> o.writePolicy(WritePolicy.ALL));
        assertThat(waiting.increment("k", 5)).hasValue(5);
        String owner = ownerOf("k");
        zones.stopZone(owner);

        assertThat(counters.increment("k", 1)).isEmpty();
        assertThat(counters.get("k")).hasValue(5);
        zones.startZone(owner);
        await().until(() -> counters.increment("k", 1).isPresent());
    }

    @Test
    void aCopyIsNotTakenForTheCounterWhenTheOwnerHasNone() {
        Counters waiting = inA.counters("hits", o -> o.writePolicy(WritePolicy.ALL));
        waiting.increment("k", 5);
        zones.nodes(ownerOf("k")).forEach(EmbeddedMemcached::flush);

        assertThat(counters.get("k")).isEmpty();
        assertThat(counters.increment("k", 1)).hasValue(1);
    }

    @Test
    void numbersAreUnsigned() {
        counters.set("k", -1, MINUTE);

        assertThat(counters.get("k")).hasValue(-1);
        assertThat(counters.incrementIfPresent("k", 2)).hasValue(1);
    }

    @Test
    void whatIsNoCounterIsNoResult() {
        inA.cache("hits").set("k", "text");

        assertThat(counters.get("k")).isEmpty();
        assertThat(counters.increment("k", 1)).isEmpty();
        assertThat(counters.async().get("k").join()).isEmpty();
        assertThat(inA.cache("hits").get("k")).isEqualTo("text");
    }

    @Test
    void cacheThatIsDownIsEmpty() {
        List.of("a", "b", "c").forEach(zones::stopZone);

        assertThat(counters.get("k")).isEmpty();
        assertThat(counters.increment("k", 1)).isEmpty();
        assertThat(counters.set("k", 1, MINUTE)).isFalse();
        assertThat(counters.delete("k")).isFalse();
        assertThat(counters.async().increment("k", 1).join()).isEqualTo(OptionalLong.empty());
    }

    @Test
    void negativeNumbersAreRefusedBeforeAnythingIsSent() {
        assertThatThrownBy(() -> counters.increment("k", -1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("-1");
        assertThatThrownBy(() -> counters.increment("k", 1, -1, MINUTE)).isInstanceOf(IllegalArgumentException.class);
        assertThat(zones.zonesHolding("hits:k")).isEmpty();
    }

    private String ownerOf(String key) {
        return requireNonNull(inA.cache("hits").lookup(key, Detail.CAS).zone());
    }
}
