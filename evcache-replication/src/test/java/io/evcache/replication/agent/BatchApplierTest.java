package io.evcache.replication.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.evcache.client.pipeline.Next;
import io.evcache.client.pipeline.Read;
import io.evcache.client.pipeline.ReadResult;
import io.evcache.client.pipeline.Write;
import io.evcache.client.pipeline.WriteLatch;
import io.evcache.client.pipeline.WritePolicy;
import io.evcache.client.pipeline.WriteResult;
import io.evcache.client.pipeline.ZoneOutcome;
import io.evcache.client.pipeline.ZoneOutcome.Status;
import io.evcache.core.command.Delete;
import io.evcache.core.command.Pending;
import io.evcache.core.command.Store;
import io.evcache.core.error.DeadlineExceeded;
import io.evcache.core.error.EvCacheException;
import io.evcache.core.error.ServerError;
import io.evcache.core.time.Ticker;
import io.evcache.core.value.EncodedValue;
import io.evcache.replication.link.Batch;
import io.evcache.replication.link.BatchAck;
import io.evcache.replication.link.BatchAck.Outcome;
import io.evcache.replication.link.BatchEntry;
import io.evcache.replication.mutation.Mutation;
import io.evcache.replication.publish.RecordingPublisher;
import io.evcache.replication.publish.ReplicationInterceptor;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BatchApplierTest {
    private static final Duration LONG = Duration.ofHours(1);
    private static final EncodedValue VALUE = new EncodedValue(new byte[] {1, 2, 3}, 0x4000_0302);

    private final List<Write> writes = new ArrayList<>();
    private final List<Runnable> unsettled = new ArrayList<>();
    private final BatchApplier applier =
            new BatchApplier(new Zones(), Duration.ofSeconds(1), 100, LONG, Ticker.system());
    private List<ZoneOutcome> answer = List.of(zone("a", Status.DONE), zone("b", Status.DONE));

    @Test
    void valueGoesToAllZonesWithItsBytesAndFlagsAndCountsOnceOneTookIt() {
        answer = List.of(zone("a", Status.FAILED), zone("b", Status.DONE));

        assertThat(apply(0, set("k", 60))).containsExactly(Outcome.APPLIED);

        Write write = writes.get(0);
        assertThat(write.policy()).isEqualTo(WritePolicy.ONE);
        assertThat(write.command()).isInstanceOfSatisfying(Store.class, store -> {
            assertThat(store.mode()).isEqualTo(Store.Mode.SET);
            assertThat(store.value()).isSameAs(VALUE);
        });
        assertThat(applier.missedZones()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "60, 0, 60",
        "60, 999, 60",
        "60, 1000, 59",
        "60, 59999, 1",
        "60, 3600000, 1",
        "1, 0, 1",
        "2592001, 1000, 2592000",
        "315360000, 0, 315360000",
        "-1, 999999999, 0"
    })
    void lifeIsShortenedByTheTimeInTransitAndNeverBecomesForEver(long told, long heldMillis, long stored) {
        apply(heldMillis, set("k", told));

        assertThat(((Store) writes.get(0).command()).ttl().seconds()).isEqualTo(stored);
    }

    @Test
    void deleteIsADelete() {
        assertThat(apply(0, BatchEntry.delete(bytes("k"), 1))).containsExactly(Outcome.APPLIED);

        assertThat(writes.get(0).command()).isInstanceOf(Delete.class);
    }

    @Test
    void illegalEntriesAreRejectedWithoutHarmToTheirNeighbours() {
        assertThat(apply(
                        0,
                        set("a b", 60),
                        set("k".repeat(251), 60),
                        set("zero", 0),
                        set("negative", -2),
                        set("long", 315_360_001),
                        BatchEntry.set(bytes("large"), 1, 60, new EncodedValue(new byte[101], 0)),
                        set("good", 60)))
                .containsExactly(
                        Outcome.REJECTED,
                        Outcome.REJECTED,
                        Outcome.REJECTED,
                        Outcome.REJECTED,
                        Outcome.REJECTED,
                        Outcome.REJECTED,
                        Outcome.APPLIED);
        assertThat(writes).hasSize(1);
        assertThat(applier.rejected()).isEqualTo(6);
    }

    @Test
    void entryThatNoZoneTookIsToBeRetried() {
        answer =
                List.of(failed("a", new DeadlineExceeded("slow", true)), failed("b", new ServerError("out of memory")));

        assertThat(apply(0, set("k", 60))).containsExactly(Outcome.RETRY);
        assertThat(applier.retry()).isEqualTo(1);
    }

    /** One zone that could not be reached made the relay try such a value for hours, and commit nothing behind it meanwhile. */
    @Test
    void valueThatIsTooLargeForAServerAndTakenByNoneIsRejected() {
        ServerError tooLarge = new ServerError("object too large for cache");
        answer = List.of(failed("a", tooLarge), failed("b", tooLarge));
        assertThat(apply(0, set("k", 60))).containsExactly(Outcome.REJECTED);

        answer = List.of(failed("a", tooLarge), failed("b", new DeadlineExceeded("slow", true)));
        assertThat(apply(0, set("k", 60))).as("b cannot be asked").containsExactly(Outcome.REJECTED);
    }

    /** The server said that of one of several values that had left together. */
    @Test
    void valueThatMayBeTooLargeIsToBeRetried() {
        answer = List.of(failed("a", ServerError.ofSome("1 of 3 sets: object too large for cache")));

        assertThat(apply(0, set("k", 60))).containsExactly(Outcome.RETRY);
    }

    /** A kill lost for ever what had its answer and was still on its way to another zone. */
    @Test
    void batchIsAnsweredOnceAllZonesHaveSettled() {
        CompletableFuture<BatchAck> ack = applyUnsettled(LONG);

        assertThat(ack).as("one zone took each entry").isNotDone();
        unsettled.get(0).run();
        assertThat(ack).as("of the other entry a zone is open").isNotDone();
        unsettled.get(1).run();
        assertThat(ack).isDone();
        assertThat(ack.join().outcomes()).containsExactly(Outcome.APPLIED, Outcome.APPLIED);
    }

    @Test
    void zoneThatHangsHoldsUpABatchForThatLongOnly() {
        CompletableFuture<BatchAck> ack = applyUnsettled(Duration.ofMillis(1));

        assertThat(ack)
                .succeedsWithin(Duration.ofSeconds(30))
                .extracting(BatchAck::outcomes)
                .isEqualTo(List.of(Outcome.APPLIED, Outcome.APPLIED));
        unsettled.forEach(Runnable::run);
    }

    /** Two sets, each taken by one zone; the others say nothing until {@link #unsettled} is run. */
    private CompletableFuture<BatchAck> applyUnsettled(Duration lastZones) {
        Next zones = new Zones() {
            @Override
            public WriteLatch write(Write write) {
                WriteResult now = new WriteResult(write.policy(), 1, 1, answer);
                return new Settled(now) {
                    @Override
                    public Pending<WriteResult> settled() {
                        Pending<WriteResult> settled = Pending.open();
                        unsettled.add(() -> settled.complete(now));
                        return settled;
                    }
                };
            }
        };
        return new BatchApplier(zones, Duration.ofSeconds(1), 100, lastZones, Ticker.system())
                .apply(new Batch(7, "eu", 0, List.of(set("k", 60), set("l", 60))))
                .toCompletableFuture();
    }

    /** By an agent beside the application, with its client: what came from another region was sent back there as this region's own, and round and round. */
    @Test
    void whatIsWrittenThroughAClientWithReplicationIsNotPublished() {
        List<Mutation> published = new ArrayList<>();
        ReplicationInterceptor replication = ReplicationInterceptor.to(new RecordingPublisher(published), "us")
                .replicatingDeletes()
                .replicatingOutcomes();
        Next zones = new Zones();
        BatchApplier beside = new BatchApplier(
                new Zones() {
                    @Override
                    public WriteLatch write(Write write) {
                        return replication.write(write, zones);
                    }
                },
                Duration.ofSeconds(1),
                100,
                LONG,
                Ticker.system());

        beside.apply(new Batch(7, "eu", 0, List.of(set("k", 60), BatchEntry.delete(bytes("l"), 1))));

        assertThat(writes).hasSize(2);
        assertThat(published).isEmpty();
    }

    private List<Outcome> apply(long heldMillis, BatchEntry... entries) {
        CompletableFuture<BatchAck> ack =
                applier.apply(new Batch(7, "eu", heldMillis, List.of(entries))).toCompletableFuture();
        assertThat(ack).isDone();
        assertThat(ack.join().id()).isEqualTo(7);
        return ack.join().outcomes();
    }

    private static BatchEntry set(String key, long ttl) {
        return BatchEntry.set(bytes(key), 1, ttl, VALUE);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static ZoneOutcome zone(String name, Status status) {
        return new ZoneOutcome(name, status, null, null);
    }

    private static ZoneOutcome failed(String name, EvCacheException failure) {
        return new ZoneOutcome(name, Status.FAILED, null, failure);
    }

    private class Zones implements Next {
        @Override
        public Pending<ReadResult> read(Read read) {
            throw new AssertionError("an agent does not read");
        }

        @Override
        public WriteLatch write(Write write) {
            writes.add(write);
            int done = (int)
                    answer.stream().filter(zone -> zone.status() == Status.DONE).count();
            return new Settled(new WriteResult(write.policy(), 1, done, answer));
        }
    }

    private static class Settled implements WriteLatch {
        private final WriteResult now;

        Settled(WriteResult now) {
            this.now = now;
        }

        @Override
        public WriteResult now() {
            return now;
        }

        @Override
        public Pending<WriteResult> decided() {
            return Pending.of(now);
        }

        @Override
        public Pending<WriteResult> settled() {
            return Pending.of(now);
        }

        @Override
        public boolean await(Duration timeout) {
            return now.isMet();
        }

        @Override
        public CompletableFuture<WriteResult> toCompletableFuture() {
            return CompletableFuture.completedFuture(now);
        }
    }
}
