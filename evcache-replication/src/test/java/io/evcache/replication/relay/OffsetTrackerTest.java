package io.evcache.replication.relay;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evcache.core.time.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class OffsetTrackerTest {
    private final OffsetTracker tracker = new OffsetTracker(Ticker.system());

    /** Otherwise the commit stayed before the gap, and whoever came next counted it again. */
    @Test
    void commitPassesAGapOnceAllBeforeItHasEnded() {
        OffsetTracker gapped = new OffsetTracker(() -> 0);
        gapped.assigned(0, 10);
        Position before = requireNonNull(gapped.consumed(0, 10));

        gapped.resumed(0, 500);

        assertThat(gapped.committable()).isEqualTo(Map.of(0, 10L));
        gapped.ended(before, Outcome.APPLIED);
        assertThat(gapped.committable()).isEqualTo(Map.of(0, 500L));
    }

    @Test
    void onlyTheContiguousStartIsCommittable() {
        tracker.assigned(0, 10);
        Position first = consumed(0, 10);
        Position second = consumed(0, 11);
        Position third = consumed(0, 12);

        tracker.ended(third, Outcome.APPLIED);
        assertThat(tracker.committable()).isEqualTo(Map.of(0, 10L));

        tracker.ended(first, Outcome.APPLIED);
        assertThat(tracker.committable()).isEqualTo(Map.of(0, 11L));

        tracker.ended(second, Outcome.SKIPPED_GONE);
        assertThat(tracker.committable()).isEqualTo(Map.of(0, 13L));
        assertThat(tracker.open()).isZero();
    }

    @Test
    void onlyWhatHasNotEndedIsKept() {
        tracker.assigned(0, 0);
        consumed(0, 0);
        for (int i = 1; i < 1_000; i++) {
            tracker.ended(consumed(0, i), Outcome.APPLIED);
        }

        assertThat(tracker.open()).isEqualTo(1);
        assertThat(tracker.committable()).isEqualTo(Map.of(0, 0L));
    }

    @Test
    void holesInTheLogAreStepsNotObstacles() {
        tracker.assigned(0, 0);
        Position first = consumed(0, 5);
        tracker.consumed(0, 900);

        tracker.ended(first, Outcome.APPLIED);

        assertThat(tracker.committable()).isEqualTo(Map.of(0, 900L));
    }

    @Test
    void aRecordEndsOnce() {
        tracker.assigned(0, 0);
        Position position = consumed(0, 0);

        assertThat(tracker.ended(position, Outcome.APPLIED)).isTrue();
        assertThat(tracker.ended(position, Outcome.DEAD_LETTERED)).isFalse();

        assertThat(tracker.books().outcomes()).isEqualTo(Map.of(Outcome.APPLIED, 1L));
    }

    @Test
    void endOfAnEarlierStayChangesNothingInTheLaterOne() {
        tracker.assigned(0, 0);
        Position early = consumed(0, 0);
        tracker.revoked(Set.of(0));
        tracker.assigned(0, 0);
        tracker.consumed(0, 0);

        assertThat(tracker.ended(early, Outcome.APPLIED)).isFalse();

        assertThat(tracker.committable()).isEqualTo(Map.of(0, 0L));
        assertThat(tracker.books()).isEqualTo(new OffsetTracker.Books(2, Map.of(Outcome.ABANDONED, 1L), 1));
    }

    @Test
    void partitionOnItsWayOutTakesNothingAndCommitsWhatEnded() {
        tracker.assigned(0, 0);
        Position first = consumed(0, 0);
        tracker.consumed(0, 1);
        tracker.ended(first, Outcome.APPLIED);

        tracker.closing(Set.of(0), Duration.ofMillis(1));

        assertThat(tracker.consumed(0, 2)).isNull();
        assertThat(tracker.committable()).isEqualTo(Map.of(0, 1L));
        assertThat(tracker.consumed(7, 0)).as("never assigned").isNull();
    }

    @Test
    void closingReturnsAsSoonAsTheLastHasEnded() throws Exception {
        tracker.assigned(0, 0);
        Position only = consumed(0, 0);
        Thread closer = new Thread(() -> tracker.closing(Set.of(0), Duration.ofHours(1)));
        closer.start();

        tracker.ended(only, Outcome.APPLIED);

        closer.join(30_000);
        assertThat(closer.isAlive()).isFalse();
    }

    @Test
    void offsetsThatFallAreAProgrammingError() {
        tracker.assigned(0, 5);
        tracker.consumed(0, 6);

        assertThatThrownBy(() -> tracker.consumed(0, 6)).isInstanceOf(IllegalStateException.class);
        tracker.assigned(1, 5);
        assertThatThrownBy(() -> tracker.consumed(1, 4)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void lowWaterIsTheFirstUnfinishedInAnyOrderOfEnds() {
        Random random = new Random(42);
        List<Outcome> outcomes = List.of(Outcome.values());
        for (int round = 0; round < 200; round++) {
            OffsetTracker fresh = new OffsetTracker(Ticker.system());
            fresh.assigned(0, 0);
            List<Position> open = new ArrayList<>();
            TreeSet<Long> unfinished = new TreeSet<>();
            long end = 0;
            for (int step = 0; step < 300; step++) {
                if (open.isEmpty() || random.nextBoolean()) {
                    open.add(requireNonNull(fresh.consumed(0, end)));
                    unfinished.add(end++);
                } else {
                    Position position = open.remove(random.nextInt(open.size()));
                    fresh.ended(position, outcomes.get(random.nextInt(outcomes.size())));
                    unfinished.remove(position.offset());
                }
                long expected = unfinished.isEmpty() ? end : unfinished.first();
                assertThat(fresh.committable()).isEqualTo(Map.of(0, expected));
                assertThat(fresh.books().inFlight()).isEqualTo(unfinished.size());
            }
        }
    }

    private Position consumed(int partition, long offset) {
        return requireNonNull(tracker.consumed(partition, offset));
    }
}
