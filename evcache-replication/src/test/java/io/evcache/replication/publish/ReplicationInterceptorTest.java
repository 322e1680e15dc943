package io.evcache.replication.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evcache.client.pipeline.Interceptor;
import io.evcache.client.pipeline.Next;
import io.evcache.client.pipeline.Read;
import io.evcache.client.pipeline.ReadResult;
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
import io.evcache.core.command.Delete;
import io.evcache.core.command.Pending;
import io.evcache.core.command.Store;
import io.evcache.core.command.Touch;
import io.evcache.core.key.Key;
import io.evcache.core.time.Deadline;
import io.evcache.core.time.Ticker;
import io.evcache.core.value.EncodedValue;
import io.evcache.core.value.KnownAbsent;
import io.evcache.core.value.Ttl;
import io.evcache.replication.mutation.HybridClock;
import io.evcache.replication.mutation.Mutation;
import io.evcache.replication.mutation.Mutation.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ReplicationInterceptorTest {
    private static final long NOW = 1_800_000_000_000L;
    private static final Key KEY = Key.of("profiles:42");
    private static final EncodedValue VALUE = new EncodedValue(new byte[100], 0);
    private static final Store SET = Store.set(KEY, VALUE, Ttl.ofSeconds(60));

    private final List<Mutation> published = new ArrayList<>();
    private final MutationPublisher publisher = new RecordingPublisher(published);
    private final ReplicationInterceptor replication = ReplicationInterceptor.to(
                    publisher, "eu", () -> NOW, new HybridClock(() -> NOW, 7))
            .inZone("a");
    private final Zones zones = new Zones();

    @Test
    void setIsPublishedOnceEveryZoneIsSettledAndNotBefore() {
        write(replication, "profiles", SET);
        zones.decided.complete(result(Status.DONE, Status.PENDING));
        assertThat(published).isEmpty();

        zones.settled.complete(result(Status.DONE, Status.FAILED, Status.UNKNOWN));

        assertThat(published).singleElement().satisfies(mutation -> {
            assertThat(mutation.operation()).isEqualTo(Operation.SET);
            assertThat(mutation.key()).isEqualTo(KEY);
            assertThat(mutation.expiresAt()).isEqualTo(NOW / 1000 + 60);
            assertThat(mutation.valueBytes()).isEqualTo(100);
            assertThat(mutation.originRegion()).isEqualTo("eu");
            assertThat(mutation.originZone()).isEqualTo("a");
            assertThat(mutation.missedZones()).containsExactly("zone1", "zone2");
            assertThat(mutation.writtenAtMillis()).isEqualTo(NOW);
        });
    }

    @Test
    void writeThatCertainlyNoZoneTookIsNotPublished() {
        zones.settled.complete(result(Status.FAILED, Status.REFUSED, Status.SKIPPED));

        write(replication, "profiles", SET);
        write(replication.replicatingDeletes(), "profiles", Delete.of(KEY));

        assertThat(published).isEmpty();
    }

    /** All answers came too late, such as after a pause of this JVM: the value was in every zone, and the other regions never heard of it. */
    @Test
    void writeThatZonesMayHaveTakenIsPublishedAndReadFromThese() {
        zones.settled.complete(result(Status.UNKNOWN, Status.FAILED, Status.UNKNOWN, Status.SKIPPED));

        write(replication, "profiles", SET);
        write(replication.replicatingDeletes(), "profiles", Delete.of(KEY));

        assertThat(published).extracting(Mutation::operation).containsExactly(Operation.SET, Operation.DELETE);
        assertThat(published).allSatisfy(mutation -> {
            assertThat(mutation.missedZones()).containsExactly("zone1", "zone3");
            assertThat(mutation.expiresAt())
                    .as("the item may have the life that it had before")
                    .isZero();
        });
    }

    @Test
    void itemWithoutEndHasNoExpiry() {
        write(replication, "profiles", Store.set(KEY, VALUE, Ttl.none()));
        zones.settled.complete(result(Status.DONE));

        assertThat(published)
                .singleElement()
                .satisfies(m -> assertThat(m.expiresAt()).isZero());
    }

    @Test
    void othersThanSetStayInTheRegionByDefault() {
        List<Command<?>> others = List.of(
                Delete.of(KEY),
                new Touch(KEY, Ttl.ofSeconds(1)),
                Store.add(KEY, VALUE, Ttl.none()),
                new Store(KEY, VALUE, Ttl.none(), Store.Mode.APPEND, 0, 0),
                new Arithmetic(KEY, Direction.INCREMENT, 1, OptionalLong.of(1), Ttl.none()));
        zones.settled.complete(result(Status.DONE));

        others.forEach(command -> write(replication, "profiles", command));

        assertThat(published).isEmpty();
    }

    @Test
    void deletesAndTouchesArePublishedForTheCachesThatWantThem() {
        ReplicationInterceptor both = replication.replicatingDeletes("profiles").replicatingTouches();
        zones.settled.complete(result(Status.DONE));

        write(both, "profiles", Delete.of(KEY));
        write(both, "sessions", Delete.of(KEY));
        write(both, "sessions", new Touch(KEY, Ttl.ofSeconds(10)));

        assertThat(published).extracting(Mutation::operation).containsExactly(Operation.DELETE, Operation.TOUCH);
        assertThat(published).extracting(Mutation::expiresAt).containsExactly(0L, NOW / 1000 + 10);
    }

    @Test
    void whatOtherWritesLeaveBehindIsPublishedAsASetForTheCachesThatWantIt() {
        Ttl minute = Ttl.ofSeconds(60);
        List<Command<?>> others = List.of(
                new Store(KEY, VALUE, minute, Store.Mode.ADD, 0, 0),
                new Store(KEY, VALUE, minute, Store.Mode.REPLACE, 0, 0),
                new Store(KEY, VALUE, minute, Store.Mode.APPEND, 0, 0),
                new Store(KEY, VALUE, minute, Store.Mode.PREPEND, 0, 0),
                new Store(KEY, VALUE, minute, Store.Mode.APPEND_OR_CREATE, 0, 0),
                new Arithmetic(KEY, Direction.INCREMENT, 1, OptionalLong.of(1), minute),
                new Arithmetic(KEY, Direction.DECREMENT, 1, OptionalLong.empty(), minute));
        ReplicationInterceptor outcomes = replication.replicatingOutcomes("profiles");
        zones.settled.complete(result(Status.DONE, Status.REFUSED));

        others.forEach(command -> write(outcomes, "profiles", command));
        others.forEach(command -> write(outcomes, "sessions", command));

        long end = NOW / 1000 + 60;
        assertThat(published).hasSameSizeAs(others).allSatisfy(mutation -> {
            assertThat(mutation.operation()).isEqualTo(Operation.SET);
            assertThat(mutation.missedZones()).containsExactly("zone1");
        });
        assertThat(published)
                .as("what keeps its life has one that only its server knows")
                .extracting(Mutation::expiresAt)
                .containsExactly(end, end, 0L, 0L, 0L, 0L, 0L);
        assertThat(published)
                .as("the length of a piece is not that of the value")
                .extracting(Mutation::valueBytes)
                .containsExactly(VALUE.length(), VALUE.length(), 0, 0, 0, 20, 20);
    }

    @Test
    void writeThatEveryZoneRefusedIsNotPublished() {
        zones.settled.complete(result(Status.REFUSED, Status.SKIPPED));

        write(replication.replicatingOutcomes(), "profiles", Store.add(KEY, VALUE, Ttl.none()));

        assertThat(published).isEmpty();
    }

    @Test
    void excludedCacheIsNotPublished() {
        ReplicationInterceptor some =
                replication.replicatingDeletes().replicatingOutcomes().excluding("sessions");
        zones.settled.complete(result(Status.DONE));

        write(some, "sessions", SET);
        write(some, "sessions", Delete.of(KEY));
        write(some, "sessions", Store.add(KEY, VALUE, Ttl.none()));
        write(some, "profiles", SET);

        assertThat(published).hasSize(1);
    }

    @Test
    void whatOnlyThisRegionKnowsIsNotPublished() {
        ReplicationInterceptor all = replication.replicatingDeletes();
        zones.settled.complete(result(Status.DONE));

        write(all, "profiles", Store.set(KEY, KnownAbsent.mark(), Ttl.ofSeconds(60)));
        Delete ofPlaceHolder = Delete.of(KEY).comparing(ZoneTokens.UNSET);
        ZoneTokens tokens = new ZoneTokens(Map.of("zone0", 5L));
        Deadline deadline = Deadline.after(Duration.ofSeconds(1), Ticker.system());
        all.write(new Write("profiles", ofPlaceHolder, WritePolicy.QUORUM, deadline, tokens), zones);

        assertThat(published)
                .as("a source that has no such item, and a load that came to nothing")
                .isEmpty();
    }

    @Test
    void cachesThatAreNamedOneByOneAddUp() {
        ReplicationInterceptor some = replication
                .replicatingDeletes("profiles")
                .replicatingDeletes("orders")
                .excluding("a")
                .excluding("b");
        zones.settled.complete(result(Status.DONE));

        write(some, "profiles", Delete.of(KEY));
        write(some, "orders", Delete.of(KEY));
        write(some, "sessions", Delete.of(KEY));
        write(some, "a", SET);
        write(some, "b", SET);

        assertThat(published).hasSize(2);
        assertThat(replication.replicatingDeletes().replicatingDeletes("orders"))
                .as("all stay all")
                .hasToString(replication.replicatingDeletes().toString());
    }

    @Test
    void regionThatMutationsCannotNameIsRefused() {
        assertThatThrownBy(() -> ReplicationInterceptor.to(publisher, "r".repeat(101)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("region")
                .hasMessageContaining("100");
        assertThatThrownBy(() -> ReplicationInterceptor.to(publisher, ""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("region");
        assertThatThrownBy(() -> replication.inZone("z".repeat(101)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("zone");
    }

    @Test
    void publisherThatThrowsDoesNotHurtTheWrite() {
        MutationPublisher broken = new MutationPublisher() {
            @Override
            public void publish(Mutation mutation) {
                throw new IllegalStateException("broken for the test");
            }

            @Override
            public PublisherStats stats() {
                return new PublisherStats(0, 0, 0, 0, 0, 0);
            }
        };
        zones.settled.complete(result(Status.DONE));

        WriteLatch latch = write(ReplicationInterceptor.to(broken, "eu"), "profiles", SET);

        assertThat(latch).isSameAs(zones);
    }

    private WriteLatch write(Interceptor interceptor, String cache, Command<?> command) {
        Deadline deadline = Deadline.after(Duration.ofSeconds(1), Ticker.system());
        return interceptor.write(new Write(cache, command, WritePolicy.QUORUM, deadline), zones);
    }

    private static WriteResult result(Status... statuses) {
        List<ZoneOutcome> outcomes = new ArrayList<>();
        for (Status status : statuses) {
            outcomes.add(new ZoneOutcome("zone" + outcomes.size(), status, null, null));
        }
        return new WriteResult(WritePolicy.QUORUM, 1, 1, outcomes);
    }

    /** Answers when the test says so. */
    private static final class Zones implements Next, WriteLatch {
        final Pending<WriteResult> decided = Pending.open();
        final Pending<WriteResult> settled = Pending.open();

        @Override
        public Pending<ReadResult> read(Read read) {
            throw new AssertionError("not read here");
        }

        @Override
        public WriteLatch write(Write write) {
            return this;
        }

        @Override
        public Pending<WriteResult> decided() {
            return decided;
        }

        @Override
        public Pending<WriteResult> settled() {
            return settled;
        }

        @Override
        public WriteResult now() {
            return result();
        }

        @Override
        public boolean await(Duration timeout) {
            return true;
        }

        @Override
        public CompletableFuture<WriteResult> toCompletableFuture() {
            return decided.toFuture();
        }
    }
}
