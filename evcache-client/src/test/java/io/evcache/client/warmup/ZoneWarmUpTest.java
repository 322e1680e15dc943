package io.evcache.client.warmup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evcache.client.AsyncEvCache;
import io.evcache.client.EvCacheClient;
import io.evcache.client.EvCacheConfig;
import io.evcache.client.warmup.WarmUpResult.End;
import io.evcache.core.error.InvalidConfiguration;
import io.evcache.core.key.Key;
import io.evcache.core.topology.ZoneMode;
import io.evcache.core.value.Codec;
import io.evcache.testkit.EmbeddedMemcached;
import io.evcache.testkit.EmbeddedZones;
import io.evcache.testkit.EmbeddedZonesExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Three nodes in zone a, and two in zone c, which only takes writes. */
class ZoneWarmUpTest {
    private static final int ITEMS = 3_000;
    private static final Duration LIFE = Duration.ofSeconds(1_000);

    @RegisterExtension
    static final EmbeddedZonesExtension servers =
            EmbeddedZonesExtension.of(EmbeddedZones.builder().zones(3, "a").zones(2, "c"));

    private final EmbeddedZones zones = servers.zones();
    private EvCacheClient both;
    private EvCacheClient onlyA;
    private EvCacheClient onlyC;

    @BeforeEach
    void connect() {
        String[] parts = zones.connectString().split(";", -1);
        both = connect(parts[0] + ";" + parts[1].replace("c=", "c(WRITE_ONLY)="));
        onlyA = connect(parts[0]);
        onlyC = connect(parts[1]);
    }

    private static EvCacheClient connect(String zones) {
        return EvCacheClient.connect(EvCacheConfig.builder(zones)
                .bigValues()
                .readTimeout(Duration.ofSeconds(5))
                .writeTimeout(Duration.ofSeconds(5))
                .build());
    }

    @AfterEach
    void close() {
        both.close();
        onlyA.close();
        onlyC.close();
    }

    /** Even numbers live for ever, odd ones for {@link #LIFE}. */
    private static void fill(EvCacheClient client, String value, int from, int to) {
        AsyncEvCache<String> cache =
                client.cache("t", Codec.utf8(), o -> o.neverExpires()).async();
        List<CompletableFuture<?>> all = new ArrayList<>();
        for (int i = from; i < to; i++) {
            all.add((i % 2 == 0 ? cache.set("k" + i, value + i) : cache.set("k" + i, value + i, LIFE))
                    .settled()
                    .toFuture());
        }
        all.forEach(CompletableFuture::join);
    }

    private ZoneWarmUp plan(MovedTime time) {
        return both.warmUp("c").from("a").clock(time, time);
    }

    private ZoneWarmUp plan() {
        return plan(new MovedTime(pause -> {}));
    }

    private static WarmUpResult end(WarmUp warmUp) {
        try {
            return warmUp.completion().toCompletableFuture().get(60, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    private int held() {
        return zones.nodes("c").stream().mapToInt(EmbeddedMemcached::itemCount).sum();
    }

    @Test
    void everyItemIsFoundInTheTargetWithItsValueAndTheLifeItHasLeft() {
        fill(onlyA, "v", 0, ITEMS);

        WarmUpResult result = end(plan().start());

        assertThat(result.end()).isEqualTo(End.THROUGH);
        assertThat(result.progress().copied()).isEqualTo(ITEMS);
        assertThat(result.progress().listed()).isEqualTo(ITEMS);
        assertThat(result.progress().total())
                .isBetween(
                        ITEMS + 0L,
                        ITEMS + 10L); // servers count expired items, such as a connection's probe, until they drop them
        assertThat(result.progress().pending()).isZero();
        assertThat(result.progress().withdrawn()).isZero();
        assertThat(result.progress().unchecked()).isZero();
        assertThat(result.progress().hitRate()).isEqualTo(1);
        assertThat(result.progress().failures()).isEmpty();
        for (int i = 0; i < ITEMS; i++) {
            assertThat(onlyC.cache("t").get("k" + i)).isEqualTo("v" + i); // by its own ring
            EmbeddedMemcached.Item item = zones.peek("c", "t:k" + i).orElseThrow();
            assertThat(item.flags())
                    .isEqualTo(zones.peek("a", "t:k" + i).orElseThrow().flags());
            if (i % 2 == 0) {
                assertThat(item.ttlLeft()).isEmpty();
            } else {
                assertThat(item.ttlLeft().orElseThrow()).isBetween(LIFE.minusSeconds(60), LIFE);
            }
        }
    }

    @Test
    void secondWarmUpSendsNothingAgain() {
        fill(onlyA, "v", 0, ITEMS);
        boolean unused = end(plan().start()).progress().copied() > 0;

        WarmUpResult second = end(plan().start());

        assertThat(second.progress().present()).isEqualTo(ITEMS);
        assertThat(second.progress().copied()).isZero();
        assertThat(second.progress().bytes()).isZero();
    }

    @Test
    void whatTheTargetHasIsNeverReplaced() {
        fill(onlyA, "old", 0, 1_000);
        fill(onlyC, "new", 0, 500);

        WarmUpResult result = end(plan().start());

        assertThat(result.progress().present()).isEqualTo(500);
        assertThat(result.progress().copied()).isEqualTo(500);
        assertThat(onlyC.cache("t").get("k499")).isEqualTo("new499");
        assertThat(onlyC.cache("t").get("k500")).isEqualTo("old500");
    }

    @Test
    void itEndsOnceTheHitRateIsReached() {
        fill(onlyA, "v", 0, 6_000);
        fill(onlyC, "v", 0, 3_000);

        WarmUpResult result = end(plan().untilHitRate(0.75).start());

        assertThat(result.end()).isEqualTo(End.HIT_RATE_REACHED);
        assertThat(result.progress().hitRate()).isGreaterThanOrEqualTo(0.7); // the last sample comes after the decision
        assertThat(held())
                .isBetween(
                        3_600,
                        5_700); // 0.75 of 6,000, give or take the sample's error and what is copied between samples
    }

    @Test
    void largeValueIsWholeInTheTarget() {
        byte[] large = new byte[3_000_000];
        new Random(1).nextBytes(large);
        assertThat(onlyA.cache("big", Codec.bytes()).set("k", large, LIFE)).isTrue();

        WarmUpResult result = end(plan().start());

        assertThat(result.progress().copied()).isEqualTo(4); // a manifest and three chunks
        assertThat(onlyC.cache("big", Codec.bytes()).get("k")).isEqualTo(large);
    }

    @Test
    void itemsMarkedStaleAndItemsOfAnEarlierRingStayWhereTheyAre() {
        fill(onlyA, "v", 0, 300);
        try (EvCacheClient earlier = connect("a=" + zones.node("a", 0).address())) {
            fill(earlier, "orphan", 1_000, 1_300);
        }
        for (int i = 0; i < 10; i++) {
            boolean marked =
                    onlyA.cache("t").items().markStale(Key.of("t:k" + i), 100).await(Duration.ofSeconds(5));
            assertThat(marked).isTrue();
        }
        int owned = 0;
        for (int i = 1_000; i < 1_300; i++) {
            owned += onlyA.cache("t").get("k" + i) == null ? 0 : 1;
        }

        WarmUpResult result = end(plan().start());

        assertThat(owned).isBetween(1, 299);
        assertThat(result.progress().copied()).isEqualTo(290 + owned);
        assertThat(result.progress().skipped()).isEqualTo(310 - owned);
    }

    @Test
    void copiesOfWhatTheSourceHasLostOrChangedAreTakenBackUnlessAClientHasStoredThereSince() {
        fill(onlyA, "v", 0, 100);
        IntConsumer change = pause -> {
            if (held() == 100 && zones.peek("a", "t:k1").isPresent()) {
                // the target's part of all this came before the copy
                assertThat(onlyA.cache("t").delete("k1")).isTrue();
                assertThat(onlyA.cache("t").set("k2", "changed")).isTrue();
                assertThat(onlyA.cache("t").touch("k3", Duration.ofSeconds(10))).isTrue();
                assertThat(onlyA.cache("t").set("k4", "theirs")).isTrue();
                assertThat(onlyC.cache("t").set("k4", "theirs")).isTrue();
            }
        };

        WarmUpResult result = end(plan(new MovedTime(change)).start());

        assertThat(result.progress().withdrawn()).isEqualTo(3);
        assertThat(zones.peek("c", "t:k1")).isEmpty();
        assertThat(zones.peek("c", "t:k2")).isEmpty();
        assertThat(zones.peek("c", "t:k3")).isEmpty();
        assertThat(onlyC.cache("t").get("k4")).isEqualTo("theirs");
        assertThat(held()).isEqualTo(97);
    }

    @Test
    void killedSourceNodeIsReportedAndTheOthersAreCopied() {
        fill(onlyA, "v", 0, ITEMS);
        List<String> ofOthers = new ArrayList<>(zones.node("a", 1).keys());
        ofOthers.addAll(zones.node("a", 2).keys());
        IntConsumer kill = pause -> zones.node("a", 0).stop();

        WarmUpResult result =
                end(plan(new MovedTime(kill)).itemsPerSecond(1_000).start());

        assertThat(result.progress().failures())
                .containsOnlyKeys("a/" + zones.node("a", 0).address());
        assertThat(ofOthers).hasSizeGreaterThan(1_000);
        assertThat(ofOthers).allMatch(key -> zones.peek("c", key).isPresent());
        assertThat(held()).isEqualTo(ofOthers.size()); // what could not be checked was taken back
    }

    @Test
    void deadTargetNodeIsReportedAndTheOtherIsFilled() {
        fill(onlyA, "v", 0, ITEMS);
        zones.node("c", 0).stop();

        WarmUpResult result = end(plan().start());

        assertThat(result.progress().failures())
                .containsOnlyKeys("c/" + zones.node("c", 0).address());
        assertThat(result.progress().copied()).isEqualTo(held()).isPositive();
        assertThat(result.progress().failed()).isEqualTo(ITEMS - held()).isPositive();
        assertThat(result.progress().hitRate()).isStrictlyBetween(0.1, 0.9);
    }

    @Test
    void nodeThatIsNotThereAtTheStartMakesItIncomplete() {
        fill(onlyA, "v", 0, ITEMS);
        zones.node("a", 0).stop();

        assertThat(end(plan().start()).end()).isEqualTo(End.INCOMPLETE);
    }

    @Test
    void cancelledOneStopsCopyingAndStillChecksWhatItCopied() {
        fill(onlyA, "v", 0, ITEMS);
        CompletableFuture<WarmUp> started = new CompletableFuture<>();
        MovedTime time = new MovedTime(pause -> {
            started.join().cancel();
            boolean unused = onlyA.cache("t").delete("k1") && onlyA.cache("t").delete("k2");
        });

        WarmUp warmUp = plan(time).itemsPerSecond(1_000).start();
        started.complete(warmUp);
        WarmUpResult result = end(warmUp);

        assertThat(result.end()).isEqualTo(End.CANCELLED);
        assertThat(result.progress().copied()).isBetween(1L, 50L); // one step
        assertThat(result.progress().unchecked()).isZero();
        assertThat(zones.peek("c", "t:k1")).isEmpty();
        assertThat(zones.peek("c", "t:k2")).isEmpty();
        assertThat(warmUp.progress()).isEqualTo(result.progress());
    }

    @Test
    void neitherRateIsExceeded() {
        fill(onlyA, "v", 0, 1_000);
        MovedTime items = new MovedTime(pause -> {});
        long bytes = end(plan(items)
                        .itemsPerSecond(100)
                        .settleTime(Duration.ofMillis(1))
                        .start())
                .progress()
                .bytes();
        zones.nodes("c").forEach(EmbeddedMemcached::flush);
        MovedTime slow = new MovedTime(pause -> {});

        WarmUpResult second = end(plan(slow)
                .bytesPerSecond(2_000)
                .settleTime(Duration.ofMillis(1))
                .start());

        assertThat(items.passed()).isBetween(Duration.ofMillis(9_900), Duration.ofMillis(10_200));
        assertThat(second.progress().bytes()).isBetween(bytes - 1_000, bytes + 1_000);
        assertThat(slow.passed()).isBetween(Duration.ofMillis(bytes / 2 - 1_500), Duration.ofMillis(bytes / 2 + 1_500));
    }

    @Test
    void closedClientEndsIt() {
        fill(onlyA, "v", 0, ITEMS);
        CompletableFuture<WarmUp> started = new CompletableFuture<>();
        MovedTime time = new MovedTime(pause -> both.close());

        started.complete(plan(time).itemsPerSecond(1_000).start());

        assertThat(end(started.join()).progress().copied()).isLessThan(ITEMS);
    }

    /** It waited as long as copies have to settle, three times over. */
    @Test
    void closedClientEndsItAtOnce() {
        fill(onlyA, "v", 0, ITEMS);
        MovedTime time = new MovedTime(pause -> both.close());

        WarmUpResult result = end(plan(time)
                .itemsPerSecond(1_000)
                .settleTime(Duration.ofMinutes(1))
                .start());

        assertThat(result.end()).isEqualTo(End.INCOMPLETE);
        assertThat(time.passed()).isLessThan(Duration.ofSeconds(1));
    }

    /** A zone that drains answers still, also with copies that nobody has checked. */
    @Test
    void zoneThatIsToBeDrainedGetsNothingMoreAndWhatItGotIsChecked() {
        fill(onlyA, "v", 0, ITEMS);
        MovedTime time = new MovedTime(pause -> both.update(s -> s.zoneMode("c", ZoneMode.DRAINING)));

        WarmUpResult result = end(plan(time).itemsPerSecond(1_000).start());

        assertThat(result.end()).isEqualTo(End.INCOMPLETE);
        assertThat(result.progress().copied()).isBetween(1L, 50L); // one step
        assertThat(result.progress().unchecked()).isZero();
    }

    /** The default was the write timeout, which may be longer than what is allowed: a setting was refused that nobody had made. */
    @Test
    void theDefaultSettleTimeIsOneMinuteAtMost() {
        both.update(settings -> settings.writeTimeout(Duration.ofMinutes(2)));

        assertThatThrownBy(() -> both.warmUp("c").itemsPerSecond(0).start())
                .hasMessageContaining("itemsPerSecond")
                .hasMessageNotContaining("settleTime");
    }

    @Test
    void mistakesAreNamedBeforeAnythingIsAsked() {
        assertThatThrownBy(() -> both.warmUp("c")
                        .itemsPerSecond(0)
                        .bytesPerSecond(1)
                        .concurrency(0)
                        .untilHitRate(0)
                        .settleTime(Duration.ZERO)
                        .start())
                .isInstanceOf(InvalidConfiguration.class)
                .hasMessageContainingAll(
                        "from", "itemsPerSecond", "bytesPerSecond", "concurrency", "untilHitRate", "settleTime");
        assertThatThrownBy(() -> both.warmUp("c").from("c").start()).hasMessageContaining("another zone");
        assertThatThrownBy(() -> both.warmUp("c").from("x").start()).hasMessageContaining("no zone x");
        assertThatThrownBy(() -> onlyC.warmUp("a").from("c").start()).hasMessageContaining("no zone a");
        assertThatThrownBy(() -> both.warmUp("a").from("c").start())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("WRITE_ONLY");
    }
}
