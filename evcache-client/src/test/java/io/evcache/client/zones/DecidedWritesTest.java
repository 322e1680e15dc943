package io.evcache.client.zones;

import static io.evcache.client.pipeline.WritePolicy.ALL;
import static io.evcache.client.pipeline.WritePolicy.NONE;
import static io.evcache.client.pipeline.WritePolicy.ONE;
import static io.evcache.client.pipeline.WritePolicy.QUORUM;
import static org.assertj.core.api.Assertions.assertThat;

import io.evcache.client.pipeline.Write;
import io.evcache.client.pipeline.WriteLatch;
import io.evcache.client.pipeline.WritePolicy;
import io.evcache.client.pipeline.WriteResult;
import io.evcache.client.pipeline.ZoneOutcome;
import io.evcache.client.pipeline.ZoneOutcome.Status;
import io.evcache.client.pipeline.ZoneTokens;
import io.evcache.core.command.Arithmetic;
import io.evcache.core.command.Arithmetic.Direction;
import io.evcache.core.command.Command;
import io.evcache.core.command.CountReply;
import io.evcache.core.command.Delete;
import io.evcache.core.command.DeleteReply;
import io.evcache.core.command.Get;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Store;
import io.evcache.core.command.Store.Mode;
import io.evcache.core.command.StoreReply;
import io.evcache.core.error.DeadlineExceeded;
import io.evcache.core.error.EvCacheException;
import io.evcache.core.error.NodeUnavailable;
import io.evcache.core.error.NodeUnavailable.Reason;
import io.evcache.core.key.Key;
import io.evcache.core.time.Deadline;
import io.evcache.core.time.Ticker;
import io.evcache.core.topology.ZoneMode;
import io.evcache.core.value.Codec;
import io.evcache.core.value.EncodedValue;
import io.evcache.core.value.Ttl;
import io.evcache.core.zone.ClusterView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is decided by one zone: {@code a} decides about {@link #KEY}, {@code b} and {@code c} follow. */
class DecidedWritesTest {
    private static final Key KEY = Key.of("k5");
    private static final EncodedValue VALUE = Codec.utf8().encode("v");
    private static final Ttl TTL = Ttl.ofSeconds(60);
    private static final Command<?> ADD = Store.add(KEY, VALUE, TTL);
    private static final Command<?> SET = Store.set(KEY, VALUE, TTL);
    private static final Command<?> CAS = new Store(KEY, VALUE, TTL, Mode.SET, 7, 0);
    private static final Command<?> COUNT =
            new Arithmetic(KEY, Direction.INCREMENT, 1, OptionalLong.empty(), Ttl.none());

    private final EvCacheException down = new NodeUnavailable(Reason.NOT_CONNECTED, "down", null);
    private final EvCacheException late = new DeadlineExceeded("late", true);

    private final FakeZone a = new FakeZone("a");
    private final FakeZone b = new FakeZone("b");
    private final FakeZone c = new FakeZone("c");
    private final FakeZone filling = new FakeZone("w", ZoneMode.WRITE_ONLY);
    private final DecidedWrites writes = new DecidedWrites(new AllZonesWrites(Ticker.system(), Runnable::run));

    @Test
    void othersAreAskedOnlyWhenTheDecidingZoneHasSaidYesAndWithoutTheCondition() {
        WriteLatch latch = write(ADD, ALL, c, b, a);

        assertThat(a.sent).containsExactly(ADD);
        assertThat(b.sent).isEmpty();
        assertThat(c.sent).isEmpty();
        a.answer(StoreReply.STORED);
        assertThat(b.sent).containsExactly(SET);
        assertThat(c.sent).containsExactly(SET);
        assertThat(latch.decided().isSettled()).isFalse();
        b.answer(StoreReply.STORED);
        c.answer(StoreReply.STORED);

        assertThat(latch.settled().value()).extracting(WriteResult::isMet).isEqualTo(true);
        assertThat(latch.succeeded()).isEqualTo(3);
    }

    @ParameterizedTest
    @EnumSource
    void refusalOfTheDecidingZoneIsTheAnswerAndChangesNothingElsewhere(WritePolicy policy) {
        WriteLatch latch = write(ADD, policy, a, b, filling);

        a.answer(StoreReply.NOT_STORED);

        assertThat(latch.decided().value()).extracting(WriteResult::isMet).isEqualTo(policy == NONE);
        assertThat(latch.settled().isSettled()).isTrue();
        assertThat(latch.byZone())
                .extracting(ZoneOutcome::status)
                .containsExactly(Status.REFUSED, Status.SKIPPED, Status.SKIPPED);
        assertThat(b.sent).isEmpty();
        assertThat(filling.sent).isEmpty();
    }

    @Test
    void decidingZoneThatIsDownOrLateIsToldApartAndNoOtherTakesItsPlace() {
        WriteLatch failed = write(ADD, ONE, a, b);
        a.fail(down);
        WriteLatch unknown = write(ADD, ONE, a, b);
        a.fail(late);

        assertThat(failed.byZone()).extracting(ZoneOutcome::status).containsExactly(Status.FAILED, Status.SKIPPED);
        assertThat(unknown.byZone()).extracting(ZoneOutcome::status).containsExactly(Status.UNKNOWN, Status.SKIPPED);
        assertThat(failed.now().isMet()).isFalse();
        assertThat(unknown.now().isMet()).isFalse();
        assertThat(b.sent).isEmpty();
    }

    @Test
    void policyOneIsMetByTheDecidingZoneAndTheOthersHaveBeenSentToByThen() {
        WriteLatch latch = write(ADD, ONE, a, b, c);
        List<Integer> sentBefore = new ArrayList<>();
        latch.decided().receive(result -> sentBefore.add(b.sent.size() + c.sent.size()));

        a.answer(StoreReply.STORED);

        assertThat(latch.decided().value()).extracting(WriteResult::isMet).isEqualTo(true);
        assertThat(sentBefore).containsExactly(2);
        assertThat(latch.settled().isSettled()).isFalse();
    }

    @Test
    void quorumDoesNotWaitForAHungFollower() {
        WriteLatch latch = write(CAS, QUORUM, a, b, c);

        a.answer(StoreReply.STORED);
        c.answer(StoreReply.STORED);

        assertThat(latch.decided().value()).extracting(WriteResult::isMet).isEqualTo(true);
        assertThat(latch.byZone())
                .extracting(ZoneOutcome::status)
                .containsExactly(Status.DONE, Status.PENDING, Status.DONE);
    }

    @Test
    void everyZoneIsGivenTheDeadlineOfTheWriteSoThatTheCallerNeverWaitsPastIt() {
        Deadline deadline = deadline();
        WriteLatch latch = writes.write(new Write("cache", ADD, ALL, deadline), view(a, b));

        a.answer(StoreReply.STORED);
        assertThat(a.deadlines).containsExactly(deadline);
        assertThat(b.deadlines).containsExactly(deadline);
        b.fail(late); // what a zone's route says at the deadline

        assertThat(latch.decided().value()).extracting(WriteResult::isMet).isEqualTo(false);
        assertThat(latch.now().zones(Status.UNKNOWN)).containsExactly("b");
    }

    @Test
    void compareAndSetIsDecidedByTheZoneThatTheTokenIsFrom() {
        WriteLatch latch = writes.write(new Write("cache", CAS, ALL, deadline()).decidedBy("b"), view(a, b));

        assertThat(a.sent).isEmpty();
        b.answer(StoreReply.STORED);
        a.answer(StoreReply.STORED);

        assertThat(a.sent).containsExactly(SET);
        assertThat(latch.now().isMet()).isTrue();
    }

    @Test
    void decidingZoneThatIsGoneFailsTheWriteBeforeAnythingIsSent() {
        WriteLatch latch = writes.write(new Write("cache", CAS, ONE, deadline()).decidedBy("z"), view(a, b));

        assertThat(latch.now().zones(Status.FAILED)).containsExactly("a", "b");
        assertThat(latch.byZone().get(0).failure()).hasMessageContaining("zone z");
        assertThat(a.sent).isEmpty();
        assertThat(b.sent).isEmpty();
    }

    @Test
    void conditionalDeleteIsFollowedByPlainOnes() {
        WriteLatch latch = write(new Delete(KEY, 7, 0), ALL, a, b);

        a.answer(DeleteReply.DELETED);
        b.answer(DeleteReply.NOT_FOUND);

        assertThat(b.sent).containsExactly(Delete.of(KEY));
        assertThat(latch.now().isMet()).isTrue();
    }

    @Test
    void conditionalAppendIsFollowedByAppends() {
        write(new Store(KEY, VALUE, Ttl.none(), Mode.APPEND, 7, 0), ALL, a, b);

        a.answer(StoreReply.STORED);

        assertThat(b.sent).containsExactly(new Store(KEY, VALUE, Ttl.none(), Mode.APPEND, 0, 0));
    }

    @Test
    void countersAreCopiedAsTheyAreByThenWithTheLifeTheyHaveLeft() {
        WriteLatch latch = write(COUNT, ONE, a, b);

        a.answer(CountReply.of(5));
        assertThat(latch.decided().value()).extracting(WriteResult::isMet).isEqualTo(true);
        assertThat(b.sent).isEmpty();
        assertThat(a.lastGet().wants()).isEqualTo(Get.Wants.VALUE_AND_TTL.withoutBump());
        a.answer(FakeZone.hit("6", 42)); // somebody has counted since
        b.answer(StoreReply.STORED);

        assertThat(b.sent).containsExactly(Store.set(KEY, Codec.utf8().encode("6"), Ttl.ofSeconds(42)));
        assertThat(latch.settled().value()).extracting(WriteResult::succeeded).isEqualTo(2);
    }

    @Test
    void countersThatAreGoneBeforeTheyAreCopiedAreNotCopied() {
        WriteLatch latch = write(COUNT, ONE, a, b);

        a.answer(CountReply.of(5));
        a.answer(Lookup.Miss.PLAIN);

        assertThat(b.sent).isEmpty();
        assertThat(latch.byZone()).extracting(ZoneOutcome::status).containsExactly(Status.DONE, Status.SKIPPED);
    }

    @Test
    void missingCounterIsRefused() {
        WriteLatch latch = write(COUNT, ONE, a, b);

        a.answer(CountReply.NOT_FOUND);

        assertThat(latch.byZone()).extracting(ZoneOutcome::status).containsExactly(Status.REFUSED, Status.SKIPPED);
    }

    @Test
    void onlyWhatDependsOnTheItemIsDecidedByOneZone() {
        assertThat(List.of(ADD, CAS, COUNT, new Delete(KEY, 7, 0))).allMatch(DecidedWrite::isNeededFor);
        assertThat(List.of(
                        SET,
                        Delete.of(KEY),
                        new Store(KEY, VALUE, TTL, Mode.REPLACE, 0, 0),
                        new Store(KEY, VALUE, TTL, Mode.APPEND, 0, 0)))
                .noneMatch(DecidedWrite::isNeededFor);
    }

    @Test
    void zonesThatHaveTokensOfTheirOwnDecideForThemselves() {
        Write write = new Write("cache", CAS, ALL, deadline(), new ZoneTokens(Map.of("a", 1L, "b", 2L)));

        assertThat(DecidedWrites.areFor(write)).isFalse();
        assertThat(DecidedWrites.areFor(new Write("cache", CAS, ALL, deadline())))
                .isTrue();
    }

    @Test
    void sameZoneDecidesInWhateverOrderZonesAreListed() {
        for (int i = 0; i < 1_000; i++) {
            Key key = Key.of("user:" + i);
            assertThat(writes.zoneFor(key, view(a, b, c))).isEqualTo(writes.zoneFor(key, view(c, filling, a, b)));
        }
    }

    @Test
    void eachZoneDecidesAboutItsShareAndAnotherZoneTakesOnlyItsOwn() {
        List<Key> keys =
                IntStream.range(0, 30_000).mapToObj(i -> Key.of("user:" + i)).toList();
        FakeZone d = new FakeZone("d");

        for (FakeZone zone : List.of(a, b, c)) {
            long share = keys.stream()
                    .filter(key -> decider(key, a, b, c).equals(zone.name()))
                    .count();
            assertThat(share).isBetween(9_500L, 10_500L);
        }
        assertThat(keys).allSatisfy(key -> {
            String withFour = decider(key, a, b, c, d);
            assertThat(withFour).isIn(decider(key, a, b, c), "d");
        });
    }

    /** Part of what clients of different versions must agree on, so it is written down here. */
    @Test
    void decidingZonesNeverChange() {
        assertThat(Stream.of("k", "k5", "user:1", "user:2", "été").map(key -> decider(Key.of(key), a, b, c)))
                .containsExactly("c", "a", "c", "a", "b");
    }

    @Test
    void writeOnlyZonesDecideOnlyIfThereAreNoOthers() {
        for (int i = 0; i < 100; i++) {
            assertThat(decider(Key.of("user:" + i), filling, a)).isEqualTo("a");
        }
        assertThat(decider(KEY, filling)).isEqualTo("w");
    }

    private String decider(Key key, FakeZone... zones) {
        return writes.zoneFor(key, view(zones)).orElseThrow();
    }

    private WriteLatch write(Command<?> command, WritePolicy policy, FakeZone... zones) {
        return writes.write(new Write("cache", command, policy, deadline()), view(zones));
    }

    private static Deadline deadline() {
        return Deadline.after(Duration.ofSeconds(30), Ticker.system());
    }

    private static ClusterView view(FakeZone... zones) {
        return new ClusterView(Stream.of(zones).map(FakeZone::route).toList());
    }
}
