package io.evcache.client.zones;

import static io.evcache.client.zones.FakeZone.hit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evcache.client.pipeline.AttemptListener;
import io.evcache.client.pipeline.Fallback;
import io.evcache.client.pipeline.Read;
import io.evcache.client.pipeline.ReadPolicy;
import io.evcache.client.pipeline.ReadResult;
import io.evcache.core.command.Get;
import io.evcache.core.command.Lease;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Pending;
import io.evcache.core.command.Store;
import io.evcache.core.error.DeadlineExceeded;
import io.evcache.core.error.EvCacheException;
import io.evcache.core.error.NodeUnavailable;
import io.evcache.core.key.Key;
import io.evcache.core.time.Deadline;
import io.evcache.core.time.Ticker;
import io.evcache.core.topology.ZoneMode;
import io.evcache.core.value.Codec;
import io.evcache.core.value.Ttl;
import io.evcache.core.zone.ClusterView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LocalFirstReadsTest {
    private static final Key KEY = Key.of("k");
    private final EvCacheException down = new NodeUnavailable(NodeUnavailable.Reason.NOT_CONNECTED, "down", null);

    private final MovedTicker ticker = new MovedTicker();
    private final FakeZone a = new FakeZone("a");
    private final FakeZone b = new FakeZone("b");
    private final FakeZone c = new FakeZone("c");
    private final LocalFirstReads reads =
            new LocalFirstReads(new ZoneOrders("b", new Backfill(ticker, 2), new Proximity(ticker)));
    private final ClusterView abc = view(a, b, c);

    @Test
    void localZoneIsAskedFirstAndAloneIfItHits() {
        Pending<ReadResult> read = read(ReadPolicy.LOCAL_FIRST);

        b.answer(hit("v", Lookup.NOT_ASKED));

        assertThat(read.value()).isEqualTo(new ReadResult(hit("v", Lookup.NOT_ASKED), "b", 1, null));
        assertThat(b.lastGet().wants()).isSameAs(Get.Wants.VALUE);
        assertThat(a.sent).isEmpty();
        assertThat(c.sent).isEmpty();
    }

    @Test
    void missInLocalZoneAsksTheOthersInTheOrderOfTheTopology() {
        Pending<ReadResult> read = read(ReadPolicy.LOCAL_FIRST);

        b.answer(Lookup.Miss.PLAIN);
        a.answer(Lookup.Miss.PLAIN);
        c.answer(hit("v", 10));

        assertThat(read.value()).isEqualTo(new ReadResult(hit("v", 10), "c", 3, null));
    }

    @Test
    void missIsTheAnswerWhenThePolicyFallsBackOnErrorsOnly() {
        Pending<ReadResult> read = read(ReadPolicy.LOCAL_FIRST_ERRORS_ONLY);

        b.answer(Lookup.Miss.PLAIN);

        assertThat(read.value()).isEqualTo(new ReadResult(Lookup.Miss.PLAIN, "b", 1, null));
        assertThat(a.sent).isEmpty();
    }

    @Test
    void failureAsksTheNextZoneAndIsMentioned() {
        Pending<ReadResult> read = read(ReadPolicy.LOCAL_FIRST_ERRORS_ONLY);

        b.fail(down);
        a.answer(hit("v", Lookup.NOT_ASKED));

        assertThat(read.value()).isEqualTo(new ReadResult(hit("v", Lookup.NOT_ASKED), "a", 2, down));
    }

    @Test
    void failureIsTheAnswerWhenThePolicyFallsBackOnMissesOnly() {
        Pending<ReadResult> failed = read(ReadPolicy.LOCAL_FIRST.withFallback(Fallback.ON_MISS));
        b.fail(down);
        Pending<ReadResult> missed = read(ReadPolicy.LOCAL_FIRST.withFallback(Fallback.ON_MISS));
        b.answer(Lookup.Miss.PLAIN);
        a.answer(hit("v", 10));

        assertThat(failed.failure()).isSameAs(down);
        assertThat(missed.value()).extracting(ReadResult::zone).isEqualTo("a");
    }

    @Test
    void withoutFallbackOneZoneIsAskedAndMayUseAllTheTime() {
        Deadline deadline = Deadline.after(Duration.ofMillis(100), ticker);
        ReadPolicy policy = ReadPolicy.LOCAL_FIRST.withFallback(Fallback.NEVER);

        Pending<ReadResult> read = reads.read(new Read("cache", Get.of(KEY), policy, deadline), abc);
        b.answer(Lookup.Miss.PLAIN);

        assertThat(b.deadlines).containsExactly(deadline);
        assertThat(read.value()).isEqualTo(new ReadResult(Lookup.Miss.PLAIN, "b", 1, null));
    }

    @Test
    void noMoreFurtherZonesAreAskedThanThePolicyAllows() {
        Deadline deadline = Deadline.after(Duration.ofMillis(100), ticker);
        ReadPolicy policy =
                ReadPolicy.LOCAL_FIRST.withFallback(Fallback.ALWAYS.toAtMost(1).withShareOfDeadline(0.3));

        Pending<ReadResult> read = reads.read(new Read("cache", Get.of(KEY), policy, deadline), abc);
        assertThat(b.deadlines.get(0).allowed()).isEqualTo(Duration.ofMillis(30));
        b.fail(down);
        assertThat(a.deadlines).containsExactly(deadline);
        a.answer(Lookup.Miss.PLAIN);

        assertThat(read.value()).isEqualTo(new ReadResult(Lookup.Miss.PLAIN, "a", 2, down));
        assertThat(c.sent).isEmpty();
    }

    @Test
    void listenersAreToldOfEachZoneAndCannotHurtTheReadNorEachOther() {
        List<String> heard = new ArrayList<>();
        AttemptListener listener = new AttemptListener() {
            @Override
            public void answered(String zone, Lookup lookup) {
                heard.add(zone + " " + lookup);
                throw new IllegalStateException("no");
            }

            @Override
            public void failed(String zone, EvCacheException failure) {
                heard.add(zone + " " + failure.getMessage());
                throw new AssertionError("no");
            }
        };

        Pending<ReadResult> read =
                reads.read(of(ReadPolicy.LOCAL_FIRST).heardBy(listener).heardBy(listener), abc);
        b.fail(down);
        a.answer(Lookup.Miss.PLAIN);
        c.answer(hit("v", 10));

        assertThat(read.value()).extracting(ReadResult::zone).isEqualTo("c");
        assertThat(heard).hasSize(6).startsWith("b down", "b down");
    }

    @Test
    void failuresKnownAtOnceEndTheReadAtOnce() {
        b.willFail(down);
        a.willFail(down);
        c.willFail(down);

        Pending<ReadResult> read = read(ReadPolicy.LOCAL_FIRST);

        assertThat(read.failure()).isSameAs(down);
        assertThat(Zones.attempts(read)).isEqualTo(3);
    }

    @Test
    void missIsPreferredToFailuresWhicheverCameFirst() {
        Pending<ReadResult> missedFirst = read(ReadPolicy.LOCAL_FIRST);
        b.answer(Lookup.Miss.PLAIN);
        a.fail(down);
        c.fail(down);
        Pending<ReadResult> failedFirst = read(ReadPolicy.LOCAL_FIRST);
        b.fail(down);
        a.answer(Lookup.Miss.PLAIN);
        c.fail(down);

        assertThat(missedFirst.value()).isEqualTo(new ReadResult(Lookup.Miss.PLAIN, "b", 3, down));
        assertThat(failedFirst.value()).isEqualTo(new ReadResult(Lookup.Miss.PLAIN, "a", 3, down));
    }

    @Test
    void writeOnlyZonesAreNeverRead() {
        FakeZone filling = new FakeZone("b", ZoneMode.WRITE_ONLY);
        a.willAnswer(Lookup.Miss.PLAIN);
        c.willAnswer(Lookup.Miss.PLAIN);

        Pending<ReadResult> read = reads.read(of(ReadPolicy.LOCAL_FIRST), view(a, filling, c));
        Pending<ReadResult> named = reads.read(of(ReadPolicy.inOrder(List.of("b"))), view(a, filling, c));

        assertThat(read.value()).extracting(ReadResult::attempts).isEqualTo(2);
        assertThat(named.failure()).isInstanceOf(NodeUnavailable.class).hasMessageContaining("[b]");
        assertThat(filling.sent).isEmpty();
    }

    @Test
    void namedZonesAreAskedInTheirOrderAndNothingIsBackfilled() {
        Pending<ReadResult> read = reads.read(of(ReadPolicy.inOrder(List.of("c", "nowhere", "a"))), abc);

        c.answer(Lookup.Miss.PLAIN);
        a.answer(hit("v", Lookup.NOT_ASKED));

        assertThat(read.value()).extracting(ReadResult::zone).isEqualTo("a");
        assertThat(b.sent).isEmpty();
        assertThat(c.sent).hasSize(1);
    }

    @Test
    void emptyViewFailsAtOnce() {
        Pending<ReadResult> read = reads.read(of(ReadPolicy.LOCAL_FIRST), new ClusterView(List.of()));

        assertThat(read.failure()).isInstanceOf(NodeUnavailable.class).hasMessage("no zone serves reads");
    }

    @Test
    void changedTopologyChangesTheOrder() {
        b.willAnswer(hit("v", Lookup.NOT_ASKED));
        c.willAnswer(hit("v", Lookup.NOT_ASKED));

        Pending<ReadResult> before = read(ReadPolicy.LOCAL_FIRST);
        Pending<ReadResult> after = reads.read(of(ReadPolicy.LOCAL_FIRST), view(c, a));

        assertThat(before.value()).extracting(ReadResult::zone).isEqualTo("b");
        assertThat(after.value()).extracting(ReadResult::zone).isEqualTo("c");
    }

    @Test
    void zoneMayUseSixtyPercentOfWhatRemainsAndTheLastOneAllOfIt() {
        Deadline deadline = Deadline.after(Duration.ofMillis(100), ticker);
        Pending<ReadResult> read = reads.read(new Read("cache", Get.of(KEY), ReadPolicy.LOCAL_FIRST, deadline), abc);

        assertThat(b.deadlines.get(0).allowed()).isEqualTo(Duration.ofMillis(60));
        ticker.advance(Duration.ofMillis(60));
        b.fail(new DeadlineExceeded("hung", true));
        assertThat(a.deadlines.get(0).allowed()).isEqualTo(Duration.ofMillis(24));
        ticker.advance(Duration.ofMillis(24));
        a.fail(new DeadlineExceeded("hung", true));
        assertThat(c.deadlines.get(0)).isSameAs(deadline);
        c.answer(hit("v", Lookup.NOT_ASKED));

        assertThat(read.value()).extracting(ReadResult::attempts).isEqualTo(3);
    }

    @Test
    void noZoneIsAskedOnceTheTimeIsOver() {
        Pending<ReadResult> read = read(ReadPolicy.LOCAL_FIRST);

        ticker.advance(Duration.ofMillis(100));
        b.fail(new DeadlineExceeded("late", true));

        assertThat(read.failure()).isInstanceOf(DeadlineExceeded.class).hasMessage("late");
        assertThat(a.sent).isEmpty();
    }

    @Test
    void callerThatLeavesStopsTheReadFromGoingOn() {
        Pending<ReadResult> read = read(ReadPolicy.LOCAL_FIRST);
        Deadline passed = Deadline.afterNanos(1, Ticker.system());

        assertThatThrownBy(() -> read.await(passed))
                .isInstanceOf(DeadlineExceeded.class)
                .hasMessageContaining("asked 1 of 3 zones, last b");
        b.answer(Lookup.Miss.PLAIN);

        assertThat(a.sent).isEmpty();
    }

    @Test
    void callerThatWaitedInVainForTheSecondZoneStillGetsTheMissOfTheFirst() {
        Pending<ReadResult> read = read(ReadPolicy.LOCAL_FIRST);
        b.answer(Lookup.Miss.PLAIN);

        ReadResult result = read.await(Deadline.afterNanos(1, Ticker.system()));

        assertThat(result.lookup()).isEqualTo(Lookup.Miss.PLAIN);
        assertThat(result.zone()).isEqualTo("b");
        assertThat(result.attempts()).isEqualTo(2);
        assertThat(result.failure()).isInstanceOf(DeadlineExceeded.class);
    }

    @Test
    void valueOfAnotherZoneIsAddedWhereItIsMissingWithItsRemainingLife() {
        Pending<ReadResult> read = read(ReadPolicy.LOCAL_FIRST);

        b.answer(Lookup.Miss.PLAIN);
        a.fail(down);
        assertThat(c.lastGet().wants()).isEqualTo(Get.Wants.VALUE_AND_TTL);
        c.answer(hit("v", 17));

        assertThat(read.value()).extracting(ReadResult::zone).isEqualTo("c");
        assertThat(b.sent.get(1)).isEqualTo(Store.add(KEY, Codec.utf8().encode("v"), Ttl.ofSeconds(17)));
        assertThat(a.sent).hasSize(1);
    }

    @Test
    void valueThatNeverExpiresIsAddedWithoutTtl() {
        Pending<ReadResult> read = read(ReadPolicy.LOCAL_FIRST);

        b.answer(Lookup.Miss.PLAIN);
        a.answer(hit("v", Lookup.NO_EXPIRY));

        assertThat(read.isSettled()).isTrue();
        assertThat(((Store) b.sent.get(1)).ttl()).isEqualTo(Ttl.none());
    }

    @Test
    void whatHasNoKnownLifeOrIsStaleIsNotAdded() {
        Lookup.Hit stale = new Lookup.Hit(Codec.utf8().encode("old"), 0, 17, true, Lease.HELD);
        for (Lookup.Hit hit : List.of(hit("v", Lookup.NOT_ASKED), hit("v", 0), stale)) {
            Pending<ReadResult> read = read(ReadPolicy.LOCAL_FIRST);

            b.answer(Lookup.Miss.PLAIN);
            a.answer(hit);

            assertThat(read.value()).extracting(ReadResult::lookup).isEqualTo(hit);
        }

        assertThat(b.sent).hasSize(3).allMatch(Get.class::isInstance);
    }

    @Test
    void placeHolderOfALeaseIsNotOverwritten() {
        Pending<ReadResult> read = read(ReadPolicy.LOCAL_FIRST);

        b.answer(new Lookup.Miss(Lease.HELD, 7));
        a.answer(hit("v", 17));

        assertThat(read.isSettled()).isTrue();
        assertThat(b.sent).hasSize(1);
    }

    @Test
    void backfillIsLimitedPerSecond() {
        for (int i = 0; i < 5; i++) {
            missThenHit();
        }
        assertThat(adds()).isEqualTo(2);

        ticker.advance(Duration.ofMillis(500));
        missThenHit();
        missThenHit();
        assertThat(adds()).isEqualTo(3);

        ticker.advance(Duration.ofHours(1));
        for (int i = 0; i < 5; i++) {
            missThenHit();
        }
        assertThat(adds()).isEqualTo(5);
    }

    private void missThenHit() {
        b.willAnswer(Lookup.Miss.PLAIN);
        a.willAnswer(hit("v", 17));
        Pending<ReadResult> read = read(ReadPolicy.LOCAL_FIRST);
        assertThat(read.isSettled()).isTrue();
    }

    private long adds() {
        return b.sent.stream().filter(Store.class::isInstance).count();
    }

    private Pending<ReadResult> read(ReadPolicy policy) {
        return reads.read(of(policy), abc);
    }

    private Read of(ReadPolicy policy) {
        return new Read("cache", Get.of(KEY), policy, Deadline.after(Duration.ofMillis(100), ticker));
    }

    private static ClusterView view(FakeZone... zones) {
        return new ClusterView(Stream.of(zones).map(FakeZone::route).toList());
    }
}
