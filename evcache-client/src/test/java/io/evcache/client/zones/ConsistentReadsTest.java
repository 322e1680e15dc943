package io.evcache.client.zones;

import static io.evcache.client.pipeline.ReadPolicy.Agreement.ALL;
import static io.evcache.client.pipeline.ReadPolicy.Agreement.QUORUM;
import static io.evcache.client.zones.FakeZone.hit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evcache.client.pipeline.Read;
import io.evcache.client.pipeline.ReadPolicy;
import io.evcache.client.pipeline.ReadPolicy.Agreement;
import io.evcache.client.pipeline.ReadResult;
import io.evcache.client.pipeline.ZonesDisagree;
import io.evcache.core.command.Get;
import io.evcache.core.command.Lease;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Pending;
import io.evcache.core.command.Store;
import io.evcache.core.error.DeadlineExceeded;
import io.evcache.core.error.EvCacheException;
import io.evcache.core.error.NodeUnavailable;
import io.evcache.core.error.NodeUnavailable.Reason;
import io.evcache.core.key.Key;
import io.evcache.core.time.Deadline;
import io.evcache.core.time.Ticker;
import io.evcache.core.topology.ZoneMode;
import io.evcache.core.value.Codec;
import io.evcache.core.value.Ttl;
import io.evcache.core.zone.ClusterView;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ConsistentReadsTest {
    private static final Key KEY = Key.of("k");
    private static final long VERSION = 1L << 56;
    private final EvCacheException down = new NodeUnavailable(Reason.NOT_CONNECTED, "down", null);

    private final MovedTicker ticker = new MovedTicker();
    private final FakeZone a = new FakeZone("a");
    private final FakeZone b = new FakeZone("b");
    private final FakeZone c = new FakeZone("c");
    private final ConsistentReads reads =
            new ConsistentReads(new ZoneOrders("b", new Backfill(ticker, 100), new Proximity(ticker)));

    @Test
    void allZonesAreAskedAtOnceWithTheWholeDeadline() {
        Deadline deadline = Deadline.after(Duration.ofMillis(100), ticker);

        reads.read(new Read("cache", Get.of(KEY), ReadPolicy.consistent(QUORUM), deadline), view(a, b, c));

        assertThat(Stream.of(a, b, c)).allSatisfy(zone -> {
            assertThat(zone.sent).hasSize(1);
            assertThat(zone.deadlines).containsExactly(deadline);
        });
    }

    @Test
    void zoneThatIsDrainingHasNoVote() {
        FakeZone draining = new FakeZone("d", ZoneMode.DRAINING);
        Deadline deadline = Deadline.after(Duration.ofMillis(100), ticker);

        Pending<ReadResult> read =
                reads.read(new Read("cache", Get.of(KEY), ReadPolicy.consistent(ALL), deadline), view(a, draining));
        a.answer(hit("v", Lookup.NOT_ASKED));

        assertThat(draining.sent).isEmpty();
        assertThat(read.isSettled()).isTrue();
    }

    @Test
    void quorumThatAgreesIsTheAnswerBeforeTheLastZoneHasSpoken() {
        Pending<ReadResult> read = read(QUORUM);

        a.answer(hit("v", Lookup.NOT_ASKED));
        assertThat(read.isSettled()).isFalse();
        c.answer(hit("v", Lookup.NOT_ASKED));

        assertThat(read.value()).isEqualTo(new ReadResult(hit("v", Lookup.NOT_ASKED), "a", 3, null));
        assertThat(Zones.attempts(read)).isEqualTo(3);
    }

    @Test
    void quorumOutvotesAZoneThatDiffersOrFails() {
        Pending<ReadResult> differs = read(QUORUM);
        a.answer(hit("old", 9));
        b.answer(hit("v", 10));
        c.answer(hit("v", 11));
        Pending<ReadResult> fails = read(QUORUM);
        b.fail(down);
        a.answer(hit("v", 10));
        c.answer(hit("v", 11));

        assertThat(differs.value()).extracting(ReadResult::lookup).isEqualTo(hit("v", 10));
        assertThat(fails.value()).isEqualTo(new ReadResult(hit("v", 10), "a", 3, down));
    }

    @Test
    void missIsSomethingToAgreeOn() {
        Pending<ReadResult> read = read(QUORUM);

        a.answer(hit("v", 10));
        b.answer(Lookup.Miss.PLAIN);
        c.answer(Lookup.Miss.PLAIN);

        assertThat(read.value()).isEqualTo(new ReadResult(Lookup.Miss.PLAIN, "b", 3, null));
    }

    @Test
    void allMustAgreeWhereAllIsAsked() {
        Pending<ReadResult> good = read(ALL);
        Stream.of(a, b, c).forEach(zone -> zone.answer(hit("v", 10)));
        Pending<ReadResult> bad = read(ALL);
        a.answer(hit("v", 10));
        c.answer(hit("w", 10));

        assertThat(good.value()).extracting(ReadResult::lookup).isEqualTo(hit("v", 10));
        assertThat(bad.failure())
                .isInstanceOf(ZonesDisagree.class)
                .hasMessageContaining("no 3 of 3 zones agree about k of cache cache")
                .hasMessageContaining("b has not answered")
                .hasMessageContaining("a has ");
        b.answer(hit("v", 10));
        assertThat(bad.value()).isNull();
    }

    @Test
    void threeAnswersThatAllDifferAreADisagreementThatSaysWhatEachZoneHas() {
        Pending<ReadResult> read = read(QUORUM);

        a.answer(hit("secret", 10));
        b.answer(Lookup.Miss.PLAIN);
        c.answer(hit("w", 10));

        assertThat(read.failure())
                .isInstanceOf(ZonesDisagree.class)
                .hasMessageContaining("b has nothing")
                .hasMessageNotContaining("secret");
    }

    @Test
    void tooFewZonesThatAnswerAreTheirFailure() {
        Pending<ReadResult> read = read(QUORUM);

        a.answer(hit("v", 10));
        b.fail(down);
        assertThat(read.isSettled()).isFalse();
        c.fail(down);

        assertThat(read.failure()).isSameAs(down);
    }

    @Test
    void newestOfAQuorumOfVersionsIsTheAnswerAlthoughTheyDiffer() {
        Pending<ReadResult> read = read(QUORUM);

        a.answer(versioned("old", VERSION));
        c.answer(versioned("new", VERSION + 1));

        assertThat(read.value()).extracting(ReadResult::zone).isEqualTo("c");
    }

    @Test
    void tokensThatServersCountThemselvesAreNotVersions() {
        Pending<ReadResult> read = read(QUORUM);

        a.answer(versioned("old", 17));
        b.answer(versioned("new", 18));
        c.answer(versioned("newer", 19));

        assertThat(read.failure()).isInstanceOf(ZonesDisagree.class);
    }

    @Test
    void nothingIsRepairedUnlessAsked() {
        read(QUORUM);

        a.answer(hit("v", 10));
        b.answer(Lookup.Miss.PLAIN);
        c.answer(hit("v", 10));

        assertThat(b.sent).hasSize(1);
        assertThat(b.lastGet().wants().ttl()).isFalse();
    }

    @Test
    void agreedValueIsAddedWhereItIsMissingOnceAllHaveAnswered() {
        Pending<ReadResult> read = repairing(QUORUM);

        a.answer(hit("v", 10));
        c.answer(hit("v", 10));
        assertThat(read.isSettled()).isTrue();
        assertThat(b.sent).hasSize(1);
        b.answer(Lookup.Miss.PLAIN);

        assertThat(b.sent.get(1)).isEqualTo(Store.add(KEY, Codec.utf8().encode("v"), Ttl.ofSeconds(10)));
        assertThat(a.sent).hasSize(1);
    }

    @Test
    void differentValueWithoutVersionIsNeverReplaced() {
        repairing(QUORUM);

        a.answer(hit("v", 10));
        b.answer(hit("perhaps newer", 10));
        c.answer(hit("v", 10));

        assertThat(b.sent).hasSize(1);
    }

    @Test
    void olderVersionIsReplacedOnlyIfItIsStillThere() {
        repairing(QUORUM);

        a.answer(versioned("new", VERSION + 1));
        b.answer(versioned("old", VERSION));
        c.answer(versioned("new", VERSION + 1));

        Store.Terms ifUnchanged = new Store.Terms(Store.Mode.SET, VERSION, VERSION + 1);
        assertThat(b.sent.get(1)).isEqualTo(new Store(KEY, Codec.utf8().encode("new"), Ttl.ofSeconds(10), ifUnchanged));
    }

    @Test
    void newerVersionOfAMinorityIsLeftAlone() {
        Pending<ReadResult> read = repairing(QUORUM);

        a.answer(versioned("v", VERSION));
        c.answer(versioned("v", VERSION));
        b.answer(versioned("being written", VERSION + 1));

        assertThat(read.value()).extracting(ReadResult::zone).isEqualTo("a");
        assertThat(Stream.of(a, b, c)).allSatisfy(zone -> assertThat(zone.sent).hasSize(1));
    }

    @Test
    void missThatWasAgreedOnDeletesNothing() {
        repairing(QUORUM);

        a.answer(Lookup.Miss.PLAIN);
        b.answer(hit("v", 10));
        c.answer(Lookup.Miss.PLAIN);

        assertThat(Stream.of(a, b, c)).allSatisfy(zone -> assertThat(zone.sent).hasSize(1));
    }

    @Test
    void placeHolderOfALeaseIsNotOverwritten() {
        repairing(QUORUM);

        a.answer(hit("v", 10));
        b.answer(new Lookup.Miss(Lease.HELD, 7));
        c.answer(hit("v", 10));

        assertThat(b.sent).hasSize(1);
    }

    @Test
    void onlyNamedZonesVoteWhereZonesAreNamedAndWriteOnlyOnesNever() {
        FakeZone filling = new FakeZone("w", ZoneMode.WRITE_ONLY);
        ReadPolicy named = new ReadPolicy(
                ReadPolicy.Order.ONLY_NAMED, List.of("a", "w"), ReadPolicy.LOCAL_FIRST.fallback(), ALL, false);

        Pending<ReadResult> read = reads.read(of(named), view(a, b, filling));
        a.answer(hit("v", 10));

        assertThat(read.value()).extracting(ReadResult::attempts).isEqualTo(1);
        assertThat(b.sent).isEmpty();
        assertThat(filling.sent).isEmpty();
    }

    @Test
    void callerThatWaitsInVainLearnsHowManyZonesAreMissing() {
        Pending<ReadResult> read = read(ALL);
        a.answer(hit("v", 10));

        assertThatThrownBy(() -> read.await(Deadline.afterNanos(1, Ticker.system())))
                .isInstanceOf(DeadlineExceeded.class)
                .hasMessageContaining("by 3 of 3 zones")
                .hasMessageEndingWith("2 have not answered");
    }

    @Test
    void withoutAZoneItFailsAtOnce() {
        assertThat(reads.read(of(ReadPolicy.consistent(QUORUM)), view()).failure())
                .isInstanceOf(NodeUnavailable.class)
                .hasMessage("no zone serves reads");
    }

    private static Lookup.Hit versioned(String text, long version) {
        return new Lookup.Hit(Codec.utf8().encode(text), version, 10, false, Lease.NONE);
    }

    private Pending<ReadResult> read(Agreement agreement) {
        return reads.read(of(ReadPolicy.consistent(agreement)), view(a, b, c));
    }

    private Pending<ReadResult> repairing(Agreement agreement) {
        return reads.read(of(ReadPolicy.consistent(agreement).withBackfill()), view(a, b, c));
    }

    private Read of(ReadPolicy policy) {
        return new Read("cache", Get.of(KEY), policy, Deadline.after(Duration.ofMillis(100), ticker));
    }

    private static ClusterView view(FakeZone... zones) {
        return new ClusterView(Stream.of(zones).map(FakeZone::route).toList());
    }
}
