package io.evcache.client.zones;

import static io.evcache.client.pipeline.WritePolicy.ALL;
import static io.evcache.client.pipeline.WritePolicy.NONE;
import static io.evcache.client.pipeline.WritePolicy.ONE;
import static io.evcache.client.pipeline.WritePolicy.QUORUM;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evcache.client.pipeline.Write;
import io.evcache.client.pipeline.WriteLatch;
import io.evcache.client.pipeline.WritePolicy;
import io.evcache.client.pipeline.WriteResult;
import io.evcache.client.pipeline.ZoneOutcome;
import io.evcache.client.pipeline.ZoneOutcome.Status;
import io.evcache.core.command.Arithmetic;
import io.evcache.core.command.Arithmetic.Direction;
import io.evcache.core.command.Command;
import io.evcache.core.command.CountReply;
import io.evcache.core.command.Delete;
import io.evcache.core.command.DeleteReply;
import io.evcache.core.command.Reply;
import io.evcache.core.command.Store;
import io.evcache.core.command.StoreReply;
import io.evcache.core.command.Touch;
import io.evcache.core.command.TouchReply;
import io.evcache.core.error.DeadlineExceeded;
import io.evcache.core.error.EvCacheException;
import io.evcache.core.error.NodeUnavailable;
import io.evcache.core.error.NodeUnavailable.Reason;
import io.evcache.core.error.ServerError;
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
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class AllZonesWritesTest {
    private static final Key KEY = Key.of("k");
    private static final Command<?> SET = Store.set(KEY, Codec.utf8().encode("v"), Ttl.ofSeconds(60));
    private final EvCacheException down = new NodeUnavailable(Reason.NOT_CONNECTED, "down", null);
    private final EvCacheException late = new DeadlineExceeded("late", true);

    private final FakeZone a = new FakeZone("a");
    private final FakeZone b = new FakeZone("b");
    private final FakeZone c = new FakeZone("c");
    private final FakeZone filling = new FakeZone("w", ZoneMode.WRITE_ONLY);
    private final List<Runnable> callbacks = new ArrayList<>();
    private final AllZonesWrites writes = new AllZonesWrites(Ticker.system(), callbacks::add);

    @Test
    void sameRecordGoesToEveryZoneWriteOnlyOnesIncluded() {
        write(SET, ONE, a, filling, b);

        assertThat(List.of(a.sent, filling.sent, b.sent)).allSatisfy(sent -> {
            assertThat(sent).hasSize(1);
            assertThat(sent.get(0)).isSameAs(SET);
        });
    }

    @Test
    void zoneThatIsDrainingIsToldAndNotWaitedFor() {
        FakeZone draining = new FakeZone("d", ZoneMode.DRAINING);

        WriteLatch latch = write(SET, ALL, a, draining);
        a.answer(StoreReply.STORED);

        assertThat(draining.sent).hasSize(1);
        assertThat(latch.decided().isSettled()).isTrue();
        assertThat(latch.now().isMet()).isTrue();
        assertThat(latch.settled().isSettled()).isFalse();
    }

    /** How many of three zones must succeed, and how many may fail before the rest is in vain. */
    @ParameterizedTest
    @CsvSource({"ONE, 1, 3", "QUORUM, 2, 2", "ALL_MINUS_1, 2, 2", "ALL, 3, 1"})
    void decidedAsSoonAsThePolicyIsMetOrCannotBe(WritePolicy policy, int successes, int failures) {
        WriteLatch good = write(SET, policy, a, b, c);
        List<FakeZone> zones = List.of(c, a, b);
        for (int i = 0; i < successes; i++) {
            assertThat(good.decided().isSettled()).isFalse();
            zones.get(i).answer(StoreReply.STORED);
        }
        assertThat(good.decided().value()).extracting(WriteResult::isMet).isEqualTo(true);
        for (int i = successes; i < 3; i++) {
            zones.get(i).fail(down);
        }

        WriteLatch bad = write(SET, policy, a, b, c);
        for (int i = 0; i < failures; i++) {
            assertThat(bad.decided().isSettled()).isFalse();
            zones.get(i).fail(down);
        }
        assertThat(bad.decided().value()).extracting(WriteResult::isMet).isEqualTo(false);
        assertThat(good.expected()).isEqualTo(successes);
    }

    @Test
    void quorumOfThreeDoesNotWaitForAHungZone() {
        WriteLatch latch = write(SET, QUORUM, a, b, c);

        a.answer(StoreReply.STORED);
        c.answer(StoreReply.STORED);

        assertThat(latch.await(Duration.ofSeconds(10))).isTrue();
        assertThat(latch.settled().isSettled()).isFalse();
        assertThat(latch.byZone())
                .extracting(ZoneOutcome::status)
                .containsExactly(Status.DONE, Status.PENDING, Status.DONE);
    }

    @Test
    void noneIsDecidedAtOnceAndStillSettles() {
        WriteLatch latch = write(SET, NONE, a, b);

        assertThat(latch.decided().value()).extracting(WriteResult::isMet).isEqualTo(true);
        assertThat(latch.settled().isSettled()).isFalse();
        a.fail(down);
        b.fail(late);
        assertThat(latch.settled().value()).extracting(WriteResult::isMet).isEqualTo(true);
    }

    @ParameterizedTest
    @EnumSource(names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    void writeOnlyZonesDoNotCount(WritePolicy policy) {
        WriteLatch latch = write(SET, policy, filling, a);

        filling.answer(StoreReply.STORED);
        assertThat(latch.decided().isSettled()).isFalse();
        a.answer(StoreReply.STORED);

        assertThat(latch.decided().value()).isEqualTo(latch.settled().value());
        assertThat(latch.succeeded()).isEqualTo(1);
        assertThat(latch.expected()).isEqualTo(1);
        assertThat(latch.now().zones(Status.DONE)).containsExactly("w", "a");
    }

    @Test
    void whoLeavesBeforeEveryZoneHasAnsweredEndsItForNobodyElse() {
        WriteLatch latch = write(SET, ONE, a, b);
        List<WriteResult> followers = new ArrayList<>();
        latch.settled().receive(settled -> followers.add(settled.value()));
        a.answer(StoreReply.STORED);

        assertThatThrownBy(() -> latch.settled().await(Deadline.after(Duration.ofMillis(1), Ticker.system())))
                .isInstanceOf(DeadlineExceeded.class);
        assertThat(followers).isEmpty();

        b.answer(StoreReply.STORED);
        assertThat(followers)
                .singleElement()
                .satisfies(result -> assertThat(result.zones(Status.DONE)).hasSize(2));
    }

    @Test
    void whoIsInterruptedDecidesItByWhatIsKnown() {
        WriteLatch latch = write(SET, ALL, a, b);
        List<WriteResult> observers = new ArrayList<>();
        latch.decided().receive(decided -> observers.add(decided.value()));

        Thread.currentThread().interrupt();
        WriteResult result = latch.decided().await(Deadline.after(Duration.ofMinutes(1), Ticker.system()));

        assertThat(Thread.interrupted()).isTrue();
        assertThat(result.isMet()).isFalse();
        assertThat(observers).containsExactly(result);
    }

    @Test
    void settledWaitsForWriteOnlyZones() {
        WriteLatch latch = write(SET, ALL, filling, a);

        a.answer(StoreReply.STORED);

        assertThat(latch.decided().isSettled()).isTrue();
        assertThat(latch.settled().isSettled()).isFalse();
        filling.fail(late);
        assertThat(latch.now().zones(Status.UNKNOWN)).containsExactly("w");
    }

    @ParameterizedTest
    @EnumSource
    void noZoneAtAllMeetsNoPolicyButNone(WritePolicy policy) {
        WriteLatch latch = write(SET, policy);

        assertThat(latch.decided().value()).extracting(WriteResult::isMet).isEqualTo(policy == NONE);
        assertThat(latch.settled().isSettled()).isTrue();
        assertThat(latch.byZone()).isEmpty();
    }

    @Test
    void onlyWriteOnlyZonesMeetNoPolicy() {
        WriteLatch latch = write(SET, ONE, filling);

        assertThat(latch.decided().value()).extracting(WriteResult::isMet).isEqualTo(false);
    }

    @Test
    void everyReplyAndFailureHasItsOutcome() {
        Command<?> delete = Delete.of(KEY);
        Command<?> touch = new Touch(KEY, Ttl.ofSeconds(1));
        Command<?> count = new Arithmetic(KEY, Direction.INCREMENT, 1, OptionalLong.empty(), Ttl.none());

        assertThat(statusOf(SET, StoreReply.STORED)).isEqualTo(Status.DONE);
        assertThat(statusOf(SET, StoreReply.NOT_STORED)).isEqualTo(Status.REFUSED);
        assertThat(statusOf(SET, StoreReply.EXISTS)).isEqualTo(Status.REFUSED);
        assertThat(statusOf(SET, StoreReply.NOT_FOUND)).isEqualTo(Status.REFUSED);
        assertThat(statusOf(delete, DeleteReply.DELETED)).isEqualTo(Status.DONE);
        assertThat(statusOf(delete, DeleteReply.NOT_FOUND)).isEqualTo(Status.DONE);
        assertThat(statusOf(delete, DeleteReply.EXISTS)).isEqualTo(Status.REFUSED);
        assertThat(statusOf(touch, TouchReply.TOUCHED)).isEqualTo(Status.DONE);
        assertThat(statusOf(touch, TouchReply.NOT_FOUND)).isEqualTo(Status.REFUSED);
        assertThat(statusOf(count, CountReply.of(0))).isEqualTo(Status.DONE);
        assertThat(statusOf(count, CountReply.NOT_FOUND)).isEqualTo(Status.REFUSED);
        assertThat(statusOf(down)).isEqualTo(Status.FAILED);
        assertThat(statusOf(new ServerError("out of memory"))).isEqualTo(Status.FAILED);
        assertThat(statusOf(late)).isEqualTo(Status.UNKNOWN);
        assertThat(statusOf(new NodeUnavailable(Reason.CONNECTION_LOST, "lost", null)))
                .isEqualTo(Status.UNKNOWN);
    }

    @Test
    void impatientCallerLeavesTheDecisionToTheOthers() {
        WriteLatch latch = write(SET, ALL, a);

        assertThat(latch.await(Duration.ofNanos(1))).isFalse();
        assertThat(latch.await(Duration.ZERO)).isFalse();
        assertThat(latch.decided().isSettled()).isFalse();
        a.answer(StoreReply.STORED);

        assertThat(latch.await(Duration.ofNanos(1))).isTrue();
    }

    @Test
    void interruptedCallerLeavesWithItsFlagSetAndTheDecisionOpen() {
        WriteLatch latch = write(SET, ALL, a);

        Thread.currentThread().interrupt();
        boolean met = latch.await(Duration.ofSeconds(10));

        assertThat(Thread.interrupted()).isTrue();
        assertThat(met).isFalse();
        assertThat(latch.decided().isSettled()).isFalse();
    }

    @Test
    void futureCompletesOnTheCallbackExecutor() {
        WriteLatch latch = write(SET, ONE, a);
        CompletableFuture<WriteResult> future = latch.toCompletableFuture();

        a.answer(StoreReply.STORED);
        assertThat(future).isNotDone();
        callbacks.remove(0).run();

        assertThat(future).isCompletedWithValueMatching(WriteResult::isMet);
    }

    @Test
    void futureCompletesEvenIfTheExecutorRefuses() {
        AllZonesWrites refused = new AllZonesWrites(Ticker.system(), task -> {
            throw new RejectedExecutionException("full");
        });
        WriteLatch latch = refused.write(new Write("cache", SET, ONE, deadline()), view(a));

        a.answer(StoreReply.STORED);

        assertThat(latch.toCompletableFuture()).isCompletedWithValueMatching(WriteResult::isMet);
    }

    @Test
    void decisionNeverFailsEvenIfSomebodyGivesUpOnItDirectly() {
        WriteLatch latch = write(SET, ALL, a);

        WriteResult result = latch.decided().await(Deadline.afterNanos(1, Ticker.system()));

        assertThat(result.isMet()).isFalse();
        assertThat(latch.decided().failure()).isNull();
    }

    @Test
    void writeThatFailedBeforeTheZonesIsDecidedAndSettled() {
        WriteLatch latch = writes.failed(new Write("cache", SET, ONE, deadline()), view(a, b), late);

        assertThat(latch.decided().value()).isEqualTo(latch.settled().value());
        assertThat(latch.now().isMet()).isFalse();
        assertThat(latch.now().zones(Status.UNKNOWN)).containsExactly("a", "b");
        assertThat(a.sent).isEmpty();
    }

    private Status statusOf(Command<?> command, Reply reply) {
        WriteLatch latch = write(command, ONE, a);
        a.answer(reply);
        return latch.byZone().get(0).status();
    }

    private Status statusOf(EvCacheException failure) {
        WriteLatch latch = write(SET, ONE, a);
        a.fail(failure);
        assertThat(latch.byZone().get(0).failure()).isSameAs(failure);
        return latch.byZone().get(0).status();
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
