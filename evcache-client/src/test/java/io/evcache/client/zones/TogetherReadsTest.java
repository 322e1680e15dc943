package io.evcache.client.zones;

import static io.evcache.client.zones.FakeZone.hit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evcache.client.pipeline.ManyReads;
import io.evcache.client.pipeline.ReadPolicy;
import io.evcache.client.pipeline.ReadResult;
import io.evcache.core.command.Command;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Store;
import io.evcache.core.error.DeadlineExceeded;
import io.evcache.core.error.EvCacheException;
import io.evcache.core.error.NodeUnavailable;
import io.evcache.core.key.Key;
import io.evcache.core.time.Deadline;
import io.evcache.core.time.Ticker;
import io.evcache.core.value.Codec;
import io.evcache.core.value.Ttl;
import io.evcache.core.zone.ClusterView;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Reads of many keys: together at the first zone, each for itself from there on. */
class TogetherReadsTest {
    private static final Key X = Key.of("x");
    private static final Key Y = Key.of("y");

    private final EvCacheException down = new NodeUnavailable(NodeUnavailable.Reason.NOT_CONNECTED, "down", null);
    private final MovedTicker ticker = new MovedTicker();
    private final FakeZone a = new FakeZone("a");
    private final FakeZone b = new FakeZone("b");
    private final LocalFirstReads reads =
            new LocalFirstReads(new ZoneOrders("a", new Backfill(ticker, 2), new Proximity(ticker)));

    @Test
    void whatTheFirstZoneHasIsAskedNowhereElse() {
        ManyReads many = read(ReadPolicy.LOCAL_FIRST, a, b);

        a.answer(hit("v", Lookup.NOT_ASKED));
        assertThat(many.result(0)).isEqualTo(new ReadResult(hit("v", Lookup.NOT_ASKED), "a", 1, null));
        assertThat(many.isSettled()).isFalse();
        a.answer(hit("w", Lookup.NOT_ASKED));

        assertThat(many.value()).isSameAs(many);
        assertThat(many.value(1)).isEqualTo(Codec.utf8().encode("w"));
        assertThat(b.sent).isEmpty();
    }

    @Test
    void onlyWhatTheFirstZoneMissesOrFailsToAnswerGoesOnAndIsFilledIn() {
        ManyReads many = read(ReadPolicy.LOCAL_FIRST, a, b);

        a.answer(Lookup.Miss.PLAIN);
        a.answer(hit("w", Lookup.NOT_ASKED));
        assertThat(b.sent).extracting(Command::key).containsExactly(X);
        assertThat(many.isSettled()).isFalse();
        assertThat(many.value(1)).isEqualTo(Codec.utf8().encode("w"));
        b.answer(hit("v", 17));

        assertThat(many.result(0)).isEqualTo(new ReadResult(hit("v", 17), "b", 2, null));
        assertThat(many.isSettled()).isTrue();
        assertThat(a.sent.get(2)).isEqualTo(Store.add(X, Codec.utf8().encode("v"), Ttl.ofSeconds(17)));
    }

    @Test
    void failureOfEveryZoneIsTheFailureOfItsKeyAlone() {
        ManyReads many = read(ReadPolicy.LOCAL_FIRST, a, b);

        a.answer(hit("v", Lookup.NOT_ASKED));
        a.fail(down);
        b.fail(down);

        assertThat(many.isSettled()).isTrue();
        assertThat(many.failure(1)).isSameAs(down);
        assertThat(many.result(1)).isNull();
        assertThat(many.value(0)).isEqualTo(Codec.utf8().encode("v"));
    }

    @Test
    void policyThatDoesNotFallBackLeavesItAtTheFirstAnswer() {
        ManyReads many = read(ReadPolicy.LOCAL_FIRST_ERRORS_ONLY, a, b);

        a.answer(Lookup.Miss.PLAIN);
        a.answer(Lookup.Miss.PLAIN);

        assertThat(many.isSettled()).isTrue();
        assertThat(many.result(0)).isEqualTo(new ReadResult(Lookup.Miss.PLAIN, "a", 1, null));
        assertThat(b.sent).isEmpty();
    }

    @Test
    void callerThatLeavesKeepsWhatCameAndStopsTheRestFromGoingOn() {
        ManyReads many = read(ReadPolicy.LOCAL_FIRST, a, b);
        a.answer(hit("v", Lookup.NOT_ASKED));

        assertThatThrownBy(() -> many.await(Deadline.afterNanos(1, Ticker.system())))
                .isInstanceOf(DeadlineExceeded.class)
                .hasMessageContaining("reads of 2 keys of cache cache");
        a.answer(Lookup.Miss.PLAIN);

        assertThat(b.sent).isEmpty();
        assertThat(many.value(0)).isEqualTo(Codec.utf8().encode("v"));
    }

    @Test
    void firstZoneMayUseSixtyPercentOfTheTimeIfThereIsAnother() {
        ManyReads unused = read(ReadPolicy.LOCAL_FIRST, a, b);
        ManyReads alone = read(ReadPolicy.LOCAL_FIRST.withoutBackfill(), b);

        assertThat(a.deadlines).extracting(Deadline::allowed).containsOnly(Duration.ofMillis(60));
        assertThat(b.deadlines).containsOnly(alone.deadline());
    }

    @Test
    void withoutAnyZoneEveryKeyFailsAtOnce() {
        ManyReads many = read(ReadPolicy.LOCAL_FIRST);

        assertThat(many.isSettled()).isTrue();
        assertThat(List.of(many.failure(0), many.failure(1)))
                .allSatisfy(failure -> assertThat(failure).hasMessageContaining("no zone serves reads"));
    }

    private ManyReads read(ReadPolicy policy, FakeZone... zones) {
        ManyReads many =
                new ManyReads("cache", new Key[] {X, Y}, policy, Deadline.after(Duration.ofMillis(100), ticker));
        reads.readAll(
                many, new ClusterView(Stream.of(zones).map(FakeZone::route).toList()));
        return many;
    }
}
