package io.evcache.replication.relay;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.evcache.client.pipeline.ReadResult;
import io.evcache.core.command.Lease;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Pending;
import io.evcache.core.error.DeadlineExceeded;
import io.evcache.core.key.Key;
import io.evcache.core.time.Backoff;
import io.evcache.core.value.EncodedValue;
import io.evcache.replication.link.BatchAck.Outcome;
import io.evcache.replication.link.BatchEntry;
import io.evcache.replication.mutation.HybridClock;
import io.evcache.replication.mutation.Mutation;
import io.evcache.replication.mutation.Mutation.Operation;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The whole way of a relay on one thread, with a clock that the test moves. */
class ShipperTest {
    private final DeadlineExceeded slow = new DeadlineExceeded("slow", true);

    private final AtomicLong nanos = new AtomicLong();
    private final Queue<Runnable> mailbox = new ArrayDeque<>();
    private final FakeCache cache = new FakeCache();
    private final FakeLink link = new FakeLink();
    private final Graves graves = new Graves();
    private final OffsetTracker tracker = new OffsetTracker(nanos::get);
    private final Ledger ledger = new Ledger(tracker, RelayObserver.disabled(), this::millis);
    private RelayConfig config = RelayConfig.of("eu", List.of("a", "b"))
            .withRetries(new Backoff(Duration.ofMillis(50), Duration.ofSeconds(5)), Duration.ofHours(1));
    private Shipper shipper = shipper();
    private int valueBytes = 10;
    private long offset;

    @BeforeEach
    void assign() {
        tracker.assigned(0, 0);
    }

    @Test
    void valueIsReadShippedAndFinished() {
        store("a", 10, 60);
        offer("a");

        settle(Duration.ofMillis(5));
        assertThat(tracker.committable()).isEqualTo(Map.of(0, 0L));
        acknowledge(Outcome.APPLIED);

        assertThat(stats().applied()).isEqualTo(1);
        assertThat(tracker.committable()).isEqualTo(Map.of(0, 1L));
    }

    @Test
    void burstOfOneKeyIsReadAndShippedOnce() {
        store("a", 10, 60);
        for (int i = 0; i < 100; i++) {
            offer("a");
        }

        settle(Duration.ofMillis(5));
        acknowledge(Outcome.APPLIED);

        assertThat(cache.reads).hasSize(1);
        assertThat(stats().applied()).isEqualTo(1);
        assertThat(stats().coalesced()).isEqualTo(99);
        assertThat(tracker.committable()).isEqualTo(Map.of(0, 100L));
    }

    /** They stayed in flight with the last: a key that was written often and could not be shipped held up all the others. */
    @Test
    void whatALaterWriteCoversHasEndedBeforeThatIsShipped() {
        store("a", 10, 60);
        offer("a");
        settle(Duration.ofMillis(5));
        offer("a");
        offer("a");
        assertThat(tracker.committable()).isEqualTo(Map.of(0, 0L));

        acknowledge(Outcome.RETRY);
        settle(Duration.ofMillis(50));

        assertThat(stats().coalesced()).isEqualTo(2);
        assertThat(stats().inFlight()).isEqualTo(1);
        assertThat(tracker.committable()).isEqualTo(Map.of(0, 2L));
    }

    @Test
    void deletionIsNotCommittedBeforeTheValueThatWasSetAfterItIsShipped() {
        store("a", 10, 60);
        offer("a", Operation.DELETE, 0);
        offer("a");
        settle(Duration.ofMillis(5));
        assertThat(tracker.committable()).isEqualTo(Map.of(0, 0L));

        acknowledge(Outcome.APPLIED);

        assertThat(stats().coalesced()).isEqualTo(1);
        assertThat(tracker.committable()).isEqualTo(Map.of(0, 2L));
    }

    @Test
    void laterWriteOfAKeyThatIsUnderWayIsReadAfterwards() {
        store("a", 10, 60);
        offer("a");
        settle(Duration.ofMillis(5));

        store("a", 20, 60);
        offer("a");
        settle(Duration.ofMillis(5));
        assertThat(link.sent).as("one of a key at a time").hasSize(1);
        acknowledge(Outcome.APPLIED);
        settle(Duration.ofMillis(5));

        assertThat(link.sent).hasSize(1);
        assertThat(link.sent.element().entries().get(0).value().length()).isEqualTo(20);
    }

    @Test
    void otherKeysOvertakeAKeyThatMustBeRetried() {
        store("a", 10, 60);
        store("b", 10, 60);
        offer("a");
        settle(Duration.ofMillis(5));
        acknowledge(Outcome.RETRY);
        offer("b");

        settle(Duration.ZERO);
        settle(Duration.ofMillis(5));

        assertThat(keysOfNextBatch()).contains("b");
    }

    @Test
    void retriedEntryIsReadAgain() {
        store("a", 10, 60);
        offer("a");
        settle(Duration.ofMillis(5));
        store("a", 30, 60);
        acknowledge(Outcome.RETRY);

        settle(Duration.ofMillis(50));
        settle(Duration.ofMillis(5));

        assertThat(link.sent.element().entries().get(0).value().length()).isEqualTo(30);
        assertThat(stats().retried()).isEqualTo(1);
    }

    @Test
    void deleteIsShippedWithoutARead() {
        offer("a", Operation.DELETE, 0);
        settle(Duration.ofMillis(5));

        BatchEntry entry = link.sent.element().entries().get(0);
        assertThat(entry.operation()).isEqualTo(Operation.DELETE);
        assertThat(cache.reads).isEmpty();
    }

    @Test
    void touchShipsTheItemAsItIsNow() {
        store("a", 10, 999);
        offer("a", Operation.TOUCH, 0);
        settle(Duration.ofMillis(5));

        BatchEntry entry = link.sent.element().entries().get(0);
        assertThat(entry.operation()).isEqualTo(Operation.SET);
        assertThat(entry.ttlSeconds()).isEqualTo(999);
    }

    @Test
    void longExpiredIsSkippedWithoutARead() {
        long now = millis() / 1000;
        offer("old", Operation.SET, now - 6);
        offer("perhaps", Operation.SET, now - 5);

        settle(Duration.ofMillis(5));

        assertThat(stats().skippedExpired()).isEqualTo(1);
        assertThat(cache.reads).hasSize(1);
        assertThat(stats().skippedGone()).isEqualTo(1);
    }

    @Test
    void failedReadsAreRetriedForAsLongAsTheItemIsYoung() {
        cache.answer = read -> Pending.failed(slow);
        offer("a");
        for (int i = 0; i < 50; i++) {
            settle(Duration.ofSeconds(5));
        }
        assertThat(stats().inFlight()).isEqualTo(1);
        assertThat(stats().retried()).isGreaterThan(40);

        cache.answer = cache::fromItems;
        store("a", 10, 60);
        settle(Duration.ofSeconds(5));
        settle(Duration.ofMillis(5));
        acknowledge(Outcome.APPLIED);

        assertThat(stats().applied()).isEqualTo(1);
    }

    /** One time-out of the zone that took the write, and the older value of the other one was shipped and the record committed. */
    @Test
    void valueIsReadWhereItsWriteWasTaken() {
        cache.answer = read -> read.policy().zones().contains("b")
                ? Pending.of(new ReadResult(hit(7, 60), "b", 2, slow))
                : Pending.failed(slow);
        offer("a", List.of("b"));
        settle(Duration.ZERO);
        assertThat(stats().retried()).isEqualTo(1);

        cache.answer = cache::fromItems;
        store("a", 10, 60);
        settle(Duration.ofMillis(50));
        settle(Duration.ofMillis(5));

        assertThat(link.sent.element().entries())
                .singleElement()
                .satisfies(entry -> assertThat(entry.value().length()).isEqualTo(10));
    }

    @Test
    void itemThatWasTriedForTooLongIsADeadLetter() {
        cache.answer = read -> Pending.failed(slow);
        offer("a");
        settle(Duration.ZERO);

        nanos.addAndGet(Duration.ofHours(2).toNanos());
        settle(Duration.ZERO);

        assertThat(graves.reasons).singleElement().asString().contains("slow");
        assertThat(stats().deadLettered()).isEqualTo(1);
        assertThat(tracker.committable()).isEqualTo(Map.of(0, 1L));
    }

    /** A delete that is followed by a set waits for the set's value, and was lost if that had gone by then: the other region served what was deleted. */
    @Test
    void deletionIsShippedIfTheValueThatWasSetAfterItIsGone() {
        offer("a", Operation.DELETE, 0);
        offer("a");
        offer("over", Operation.DELETE, 0);
        offer("over", Operation.SET, millis() / 1000 - 60);
        settle(Duration.ofMillis(5));

        assertThat(link.sent.element().entries())
                .extracting(BatchEntry::operation)
                .containsExactly(Operation.DELETE, Operation.DELETE);
        acknowledge(Outcome.APPLIED);
        assertThat(stats().applied()).isEqualTo(2);
        assertThat(stats().skippedGone()).isEqualTo(1);
        assertThat(stats().skippedExpired()).isEqualTo(1);
    }

    /** The deletion was buried with the value, and the other region went on serving what was deleted. */
    @Test
    void deletionIsShippedIfTheValueThatWasSetAfterItIsRejected() {
        store("a", 10, 60);
        offer("a", Operation.DELETE, 0);
        offer("a");
        settle(Duration.ofMillis(5));
        acknowledge(Outcome.REJECTED);
        settle(Duration.ofMillis(5));

        assertThat(link.sent.element().entries())
                .extracting(BatchEntry::operation)
                .containsExactly(Operation.DELETE);
        acknowledge(Outcome.APPLIED);
        assertThat(graves.records).extracting(SourceRecord::offset).containsExactly(1L);
        assertThat(stats().deadLettered()).isEqualTo(1);
        assertThat(stats().applied()).isEqualTo(1);
        assertThat(tracker.committable()).isEqualTo(Map.of(0, 2L));
    }

    /** It waited for the value, for hours if no zone that had it could be read, and the other region went on serving what was deleted. */
    @Test
    void deletionIsShippedWhileTheValueThatWasSetAfterItCannotBeRead() {
        cache.answer = read -> Pending.failed(slow);
        offer("a", Operation.DELETE, 0);
        offer("a");
        settle(Duration.ofMillis(5));

        assertThat(link.sent.element().entries())
                .extracting(BatchEntry::operation)
                .containsExactly(Operation.DELETE);
        assertThat(tracker.committable()).isEqualTo(Map.of(0, 0L));
        acknowledge(Outcome.APPLIED);
        assertThat(tracker.committable()).isEqualTo(Map.of(0, 1L));
        settle(Duration.ofHours(2));
        settle(Duration.ofMillis(5));

        assertThat(graves.records).extracting(SourceRecord::offset).containsExactly(1L);
        assertThat(link.sent).isEmpty();
        assertThat(tracker.committable()).isEqualTo(Map.of(0, 2L));
    }

    @Test
    void valueThatCanBeReadAgainFollowsItsDeletion() {
        cache.answer = read -> FakeCache.missWith(slow);
        offer("a", Operation.DELETE, 0);
        offer("a");
        settle(Duration.ofMillis(5));
        store("a", 10, 60);
        offer("a");
        cache.answer = cache::fromItems;
        acknowledge(Outcome.APPLIED);
        settle(Duration.ofMillis(5));

        assertThat(link.sent.element().entries())
                .extracting(BatchEntry::operation)
                .containsExactly(Operation.SET);
        acknowledge(Outcome.APPLIED);
        assertThat(stats().applied()).isEqualTo(2);
        assertThat(stats().coalesced()).isEqualTo(1);
        assertThat(stats().inFlight()).isZero();
        assertThat(tracker.committable()).isEqualTo(Map.of(0, 3L));
    }

    @Test
    void deletionThatCannotBeAppliedAndItsValueThatCannotBeReadAreTriedForAsLongAsAnyOther() {
        cache.answer = read -> Pending.failed(slow);
        offer("a", Operation.DELETE, 0);
        offer("a");
        for (int i = 0; i < 10; i++) {
            settle(Duration.ofSeconds(5));
            settle(Duration.ofMillis(5));
            acknowledge(Outcome.RETRY);
        }
        assertThat(cache.reads).hasSize(10);
        assertThat(stats().inFlight()).isEqualTo(2);

        settle(Duration.ofHours(1));
        settle(Duration.ofMillis(5));
        acknowledge(Outcome.RETRY);

        assertThat(graves.records).extracting(SourceRecord::offset).containsExactly(0L, 1L);
        assertThat(tracker.committable()).isEqualTo(Map.of(0, 2L));
    }

    @Test
    void deletionThatIsRejectedLikeTheValueAfterItIsADeadLetter() {
        store("a", 10, 60);
        offer("a", Operation.DELETE, 0);
        offer("a", Operation.DELETE, 0);
        offer("a");
        settle(Duration.ofMillis(5));
        acknowledge(Outcome.REJECTED);
        settle(Duration.ofMillis(5));
        acknowledge(Outcome.REJECTED);
        settle(Duration.ofMillis(5));

        assertThat(link.sent).isEmpty();
        assertThat(graves.records).extracting(SourceRecord::offset).containsExactly(2L, 1L);
        assertThat(stats().coalesced()).isEqualTo(1);
        assertThat(tracker.committable()).isEqualTo(Map.of(0, 3L));
    }

    @Test
    void valueThatIsSetWhileADeletionWaitsToBeShippedTakesItsPlaceAgain() {
        graves.broken = true;
        store("a", 10, 60);
        offer("a", Operation.DELETE, 0);
        offer("a");
        settle(Duration.ofMillis(5));
        acknowledge(Outcome.REJECTED);
        store("a", 20, 60);
        offer("a");
        graves.broken = false;
        settle(Duration.ofSeconds(5));
        settle(Duration.ofMillis(5));

        assertThat(link.sent.element().entries())
                .extracting(BatchEntry::operation)
                .containsExactly(Operation.SET);
    }

    @Test
    void valueThatWasSetAfterADeletionIsAllThatIsShipped() {
        store("a", 10, 60);
        offer("a", Operation.DELETE, 0);
        offer("a");
        settle(Duration.ofMillis(5));

        assertThat(link.sent.element().entries())
                .extracting(BatchEntry::operation)
                .containsExactly(Operation.SET);
    }

    @Test
    void touchOfADeletedItemDoesNotHideTheDeletion() {
        offer("a", Operation.DELETE, 0);
        offer("a", Operation.TOUCH, 0);
        settle(Duration.ofMillis(5));

        assertThat(link.sent.element().entries())
                .extracting(BatchEntry::operation)
                .containsExactly(Operation.DELETE);
    }

    /** The age was counted from the write: after an outage longer than that, the first busy answer made dead letters of the whole backlog. */
    @Test
    void backlogOfALongOutageIsRetriedLikeAnythingElse() {
        store("a", 10, 60);
        store("b", 10, 60);
        offer("b");
        settle(Duration.ofMillis(5));
        acknowledge(Outcome.RETRY);
        link.ready(false);
        offer("a");
        settle(Duration.ofHours(7));
        link.ready(true);
        settle(Duration.ofMillis(5));
        acknowledge(Outcome.RETRY);

        settle(Duration.ofSeconds(5));
        settle(Duration.ofMillis(5));
        acknowledge(Outcome.APPLIED);

        assertThat(graves.reasons).isEmpty();
        assertThat(stats().applied()).isEqualTo(2);
    }

    /** They were tried for ever, and each relay that got the partition back added them once more. */
    @Test
    void deadLettersOfAPartitionThatIsGoneAreNotTriedAnyMore() {
        graves.broken = true;
        Position position = requireNonNull(tracker.consumed(0, offset));
        shipper.bury(new SourceRecord(0, offset++, null, null), position, "no mutation");
        settle(Duration.ZERO);
        tracker.revoked(Set.of(0));
        settle(Duration.ofSeconds(6));

        graves.broken = false;
        settle(Duration.ofSeconds(60));

        assertThat(graves.records).isEmpty();
    }

    @Test
    void missBesideFailuresIsRetriedAndThenCountedAsUnreadable() {
        cache.answer = read -> FakeCache.missWith(slow);
        offer("a");
        for (int i = 0; i < 10; i++) {
            settle(Duration.ofSeconds(5));
        }

        assertThat(cache.reads).hasSize(4);
        assertThat(stats().skippedUnreadable()).isEqualTo(1);
    }

    /** It inherited those that the write before it had used up, and was given up after one read. */
    @Test
    void laterWriteHasItsOwnUncertainReads() {
        cache.answer = read -> FakeCache.missWith(slow);
        offer("a");
        settle(Duration.ofMillis(50));
        settle(Duration.ofMillis(100));
        assertThat(cache.reads).hasSize(3);

        offer("a");
        settle(Duration.ofSeconds(1));
        assertThat(cache.reads).hasSize(4);
        assertThat(stats().skippedUnreadable()).isZero();

        for (int i = 0; i < 10; i++) {
            settle(Duration.ofSeconds(5));
        }
        assertThat(cache.reads).hasSize(7);
        assertThat(stats().skippedUnreadable()).isEqualTo(1);
    }

    @Test
    void laterWriteHasItsOwnTimeToBeTried() {
        cache.answer = read -> Pending.failed(slow);
        offer("a");
        settle(Duration.ZERO);
        nanos.addAndGet(Duration.ofHours(2).toNanos());
        offer("a");

        settle(Duration.ofMillis(50));

        assertThat(graves.reasons).isEmpty();
        assertThat(stats().inFlight()).isEqualTo(1);
    }

    @Test
    void rejectedEntryIsADeadLetterAndStopsNobody() {
        store("a", 10, 60);
        offer("a");
        settle(Duration.ofMillis(5));
        acknowledge(Outcome.REJECTED);

        assertThat(graves.reasons).hasSize(1);
        assertThat(tracker.committable()).isEqualTo(Map.of(0, 1L));
    }

    @Test
    void nothingIsCommittedWhileADeadLetterCannotBeKept() {
        graves.broken = true;
        Position position = requireNonNull(tracker.consumed(0, offset));
        shipper.bury(new SourceRecord(0, offset++, null, null), position, "no mutation");
        settle(Duration.ZERO);
        assertThat(tracker.committable()).isEqualTo(Map.of(0, 0L));

        graves.broken = false;
        settle(Duration.ofSeconds(5));

        assertThat(stats().deadLettered()).isEqualTo(1);
        assertThat(tracker.committable()).isEqualTo(Map.of(0, 1L));
    }

    @Test
    void nothingIsReadWhileTheLinkIsDownAndEverythingOnceItIsUp() {
        store("a", 10, 60);
        link.ready(false);
        offer("a");
        settle(Duration.ofMinutes(10));
        assertThat(cache.reads).isEmpty();

        link.ready(true);
        settle(Duration.ZERO);
        settle(Duration.ofMillis(5));
        acknowledge(Outcome.APPLIED);

        assertThat(stats().applied()).isEqualTo(1);
    }

    @Test
    void bytesUnderWayAreBounded() {
        config = config.withLimits(1_000, 1_000, 1_000);
        shipper = shipper();
        valueBytes = 400;
        for (int i = 0; i < 20; i++) {
            store("k" + i, 400, 60);
            offer("k" + i);
        }

        settle(Duration.ofMillis(5));

        assertThat(cache.reads).hasSizeBetween(1, 4);
        assertThat(shipper.hasRoom()).isFalse();
        while (!link.sent.isEmpty()) {
            acknowledge(Outcome.APPLIED);
            settle(Duration.ofMillis(5));
        }
        assertThat(stats().applied()).isEqualTo(20);
        assertThat(shipper.hasRoom()).isTrue();
    }

    /** They counted with 16 KiB each: 4,096 values of 1 MiB, 4 GiB, were read at once within a limit of 64 MiB. */
    @Test
    void valuesOfUnknownLengthCountAsTheLongestUntilTheyAreRead() {
        config = config.withLimits(1_000, 1_000, 10_000).withMaxValueBytes(2_500);
        shipper = shipper();
        valueBytes = 0;
        for (int i = 0; i < 20; i++) {
            store("k" + i, 100, 60);
            offer("k" + i, Operation.TOUCH, 0);
        }

        shipper.step();
        assertThat(cache.reads).hasSize(4);
        settle(Duration.ofMillis(5));
        acknowledge(Outcome.APPLIED);

        assertThat(cache.reads).hasSize(20);
        assertThat(stats().applied()).isEqualTo(20);
        assertThat(shipper.hasRoom()).isTrue();
    }

    /** The key was never read again, and what it held of the limits was gone with it. */
    @Test
    void readThatThrowsIsTriedAgain() {
        cache.answer = read -> {
            throw new StackOverflowError("for the test");
        };
        store("a", 10, 60);
        offer("a");
        settle(Duration.ZERO);
        assertThat(stats().retried()).isEqualTo(1);

        cache.answer = cache::fromItems;
        settle(Duration.ofMillis(50));
        settle(Duration.ofMillis(5));
        acknowledge(Outcome.APPLIED);

        assertThat(stats().applied()).isEqualTo(1);
    }

    @Test
    void linkThatThrowsIsTriedAgain() {
        link.error = new StackOverflowError("for the test");
        store("a", 10, 60);
        offer("a");
        settle(Duration.ofMillis(5));
        assertThat(stats().retried()).isEqualTo(1);

        link.error = null;
        settle(Duration.ofMillis(50));
        settle(Duration.ofMillis(5));
        acknowledge(Outcome.APPLIED);

        assertThat(stats().applied()).isEqualTo(1);
    }

    @Test
    void deadLettersThatThrowAreTriedAgain() {
        graves.error = new StackOverflowError("for the test");
        Position position = requireNonNull(tracker.consumed(0, offset));
        shipper.bury(new SourceRecord(0, offset++, null, null), position, "no mutation");
        settle(Duration.ZERO);

        graves.error = null;
        settle(Duration.ofSeconds(5));

        assertThat(stats().deadLettered()).isEqualTo(1);
    }

    @Test
    void workOfAPartitionThatIsGoneIsNotDone() {
        store("a", 10, 60);
        link.ready(false);
        offer("a");
        settle(Duration.ZERO);
        tracker.revoked(Set.of(0));

        link.ready(true);
        settle(Duration.ofMillis(5));

        assertThat(cache.reads).isEmpty();
        assertThat(stats().abandoned()).isEqualTo(1);
        assertThat(stats().inFlight()).isZero();
    }

    @Test
    void everyRecordHasExactlyOneOutcomeWhateverHappens() {
        for (long seed = 1; seed <= 20; seed++) {
            runRandomly(new ShipperTest(), new Random(seed), seed);
        }
    }

    private static void runRandomly(ShipperTest t, Random random, long seed) {
        t.tracker.assigned(0, 0);
        t.cache.answer = read -> switch (random.nextInt(10)) {
            case 0 -> Pending.failed(t.slow);
            case 1 -> FakeCache.missWith(t.slow);
            case 2 -> Pending.of(new ReadResult(Lookup.Miss.PLAIN, "a", 1, null));
            case 3 -> Pending.of(new ReadResult(hit(3 << 20, 60), "a", 1, null));
            case 4 -> Pending.of(new ReadResult(hit(10, 0), "a", 1, null));
            default -> Pending.of(new ReadResult(hit(random.nextInt(100_000), 60), "a", 1, null));
        };
        List<Outcome> outcomes = List.of(Outcome.values());
        for (int i = 0; i < 5_000; i++) {
            int action = random.nextInt(20);
            if (action < 12) {
                Operation operation = random.nextInt(8) == 0 ? Operation.DELETE : Operation.SET;
                long expiresAt = random.nextInt(20) == 0 ? 1 : 0;
                t.offer("k" + random.nextInt(200), operation, expiresAt);
            } else if (action < 16 && !t.link.sent.isEmpty()) {
                FakeLink.Sent sent = t.link.sent.remove();
                if (random.nextInt(10) == 0) {
                    sent.answer().completeExceptionally(t.slow);
                } else {
                    sent.acknowledge(outcomes.get(random.nextInt(outcomes.size())));
                }
            } else if (action == 16) {
                t.graves.broken = random.nextBoolean();
            } else if (action == 17) {
                t.link.ready(random.nextInt(4) > 0);
            }
            t.settle(Duration.ofMillis(random.nextInt(100)));
            RelayStats now = t.stats();
            assertThat(now.consumed()).as("seed %s step %s: %s", seed, i, now).isEqualTo(now.ended() + now.inFlight());
        }

        t.cache.answer = read -> Pending.of(new ReadResult(hit(10, 60), "a", 1, null));
        t.graves.broken = false;
        t.link.ready(true);
        for (int i = 0; i < 10_000 && t.stats().inFlight() > 0; i++) {
            t.settle(Duration.ofMillis(100));
            while (!t.link.sent.isEmpty()) {
                t.acknowledge(Outcome.APPLIED);
            }
        }

        RelayStats end = t.stats();
        assertThat(end.inFlight()).as("seed %s: %s", seed, end).isZero();
        assertThat(end.consumed()).isEqualTo(t.offset).isEqualTo(end.ended());
        assertThat(t.tracker.committable()).isEqualTo(Map.of(0, t.offset));
        assertThat(t.shipper.hasRoom()).isTrue();
        assertThat(end.applied()).isPositive();
        assertThat(end.deadLettered()).isPositive();
        assertThat(end.skippedTooLarge()).isPositive();
    }

    private Shipper shipper() {
        return new Shipper(
                config,
                new ValueFetcher(cache, config, nanos::get),
                link,
                graves,
                ledger,
                mailbox::add,
                nanos::get,
                this::millis);
    }

    private long millis() {
        return HybridClock.EPOCH_MILLIS + 1_000_000 + nanos.get() / 1_000_000;
    }

    private RelayStats stats() {
        return ledger.stats(0, link.isReady());
    }

    private void store(String key, int bytes, long ttl) {
        cache.items.put(Key.of(key), hit(bytes, ttl));
    }

    private static Lookup hit(int bytes, long ttl) {
        return new Lookup.Hit(new EncodedValue(new byte[bytes], 0), 0, ttl, false, Lease.NONE);
    }

    private void offer(String key) {
        offer(key, Operation.SET, 0);
    }

    private void offer(String key, List<String> missedZones) {
        offer(new Mutation(Operation.SET, Key.of(key), version(), 0, valueBytes, "eu", "", missedZones));
    }

    private void offer(String key, Operation operation, long expiresAt) {
        offer(new Mutation(operation, Key.of(key), version(), expiresAt, valueBytes, "eu", "", List.of()));
    }

    private long version() {
        return (millis() - HybridClock.EPOCH_MILLIS) << 20;
    }

    private void offer(Mutation mutation) {
        Position position = requireNonNull(tracker.consumed(0, offset));
        SourceRecord origin = new SourceRecord(0, offset++, null, null);
        shipper.offer(new Work.Item(mutation, position, origin));
    }

    /** Does what can be done, lets the time pass, and does what can be done then. */
    private void settle(Duration time) {
        drain();
        nanos.addAndGet(time.toNanos());
        drain();
    }

    private void drain() {
        shipper.step();
        while (!mailbox.isEmpty()) {
            while (!mailbox.isEmpty()) {
                mailbox.remove().run();
            }
            shipper.step();
        }
    }

    private void acknowledge(Outcome outcome) {
        link.sent.remove().acknowledge(outcome);
        drain();
    }

    private List<String> keysOfNextBatch() {
        return link.sent.element().entries().stream()
                .map(entry -> Key.ofBytes(entry.key()).toString())
                .toList();
    }

    private static final class Graves implements DeadLetters {
        final List<String> reasons = new ArrayList<>();
        final Deque<SourceRecord> records = new ArrayDeque<>();
        boolean broken;

        @Nullable
        Error error;

        @Override
        public CompletableFuture<Void> keep(SourceRecord dead, String reason) {
            if (error != null) {
                throw error;
            }
            if (broken) {
                return CompletableFuture.failedFuture(new IllegalStateException("broken for the test"));
            }
            records.add(dead);
            reasons.add(reason);
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void close() {}
    }
}
