package io.evcache.replication.publish;

import static java.util.Objects.requireNonNull;

import io.evcache.client.pipeline.Interceptor;
import io.evcache.client.pipeline.Next;
import io.evcache.client.pipeline.Write;
import io.evcache.client.pipeline.WriteLatch;
import io.evcache.client.pipeline.WriteResult;
import io.evcache.client.pipeline.ZoneOutcome;
import io.evcache.core.command.Arithmetic;
import io.evcache.core.command.Command;
import io.evcache.core.command.Delete;
import io.evcache.core.command.Store;
import io.evcache.core.command.Touch;
import io.evcache.core.time.WallClock;
import io.evcache.core.value.KnownAbsent;
import io.evcache.core.value.Ttl;
import io.evcache.replication.mutation.HybridClock;
import io.evcache.replication.mutation.Mutation;
import io.evcache.replication.mutation.Mutation.Operation;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes a mutation for each write that other regions must hear of:
 *
 * <pre>{@code
 * KafkaMutationPublisher publisher = KafkaMutationPublisher.connect("kafka:9092", "evcache-mutations");
 * EvCacheClient client = EvCacheClient.builder(config)
 *         .interceptor(ReplicationInterceptor.to(publisher, "eu-west-1").replicatingDeletes("profiles"))
 *         .connect();
 * }</pre>
 *
 * <p><b>By default only SET is replicated.</b> A DELETE stays in its region, and the others serve the old value until it expires, unless {@link
 * #replicatingDeletes} is on for the cache. Switch it on wherever deletes mean "this is no longer true", so in every cache-aside cache. TOUCH is
 * replicated on request ({@link #replicatingTouches}), and so is what other writes leave behind: ADD, REPLACE, APPEND, PREPEND and counters ({@link #replicatingOutcomes}). A compare-and-set is a SET.
 *
 * <p>The mutation leaves after every zone has answered, failed or run out of time: a relay that read earlier could
 * find the old value in a slow zone. And only if at least one zone took the write, or may have taken it: what is there then, the relay finds out. Neither the write's answer nor its time depends on any of this.
 *
 * <p>What only this region knows stays here whatever is asked for: a mark of {@code negativeTtl}, which says that this region's source has no such item, and the removal of the place that a lease took whose load came to
 * nothing. So does what an agent writes through this client, which other regions have already. What a cache-aside loads is a SET like any other; where each region loads from a source of its own, {@linkplain #excluding exclude} the cache.
 *
 * <p>Immutable; each method returns a copy, and those that name caches add them to the ones named before. For any thread.
 */
public final class ReplicationInterceptor implements Interceptor {
    private static final Logger LOG = LoggerFactory.getLogger(ReplicationInterceptor.class);

    /** Of the longest number. */
    private static final int COUNTER_BYTES = 20;

    private final MutationPublisher publisher;
    private final String region;
    private final String zone;
    private final WallClock clock;
    private final HybridClock versions;
    private final Caches deletes;
    private final Caches touches;
    private final Caches outcomes;
    private final Caches excluded;

    private ReplicationInterceptor(
            MutationPublisher publisher,
            String region,
            String zone,
            WallClock clock,
            HybridClock versions,
            Caches deletes,
            Caches touches,
            Caches outcomes,
            Caches excluded) {
        this.publisher = publisher;
        this.region = region;
        this.zone = zone;
        this.clock = clock;
        this.versions = versions;
        this.deletes = deletes;
        this.touches = touches;
        this.outcomes = outcomes;
        this.excluded = excluded;
    }

    /**
     * Publishes the SETs of all caches.
     *
     * @param region the name of the region that this client writes in, the same as its relay's, which skips all others; 1 to 100 bytes
     * @throws IllegalArgumentException if the region has not so many bytes
     */
    public static ReplicationInterceptor to(MutationPublisher publisher, String region) {
        int writer = HybridClock.writer(
                Mutation.requireRegion(region), UUID.randomUUID().toString());
        WallClock clock = WallClock.system();
        return to(publisher, region, clock, new HybridClock(clock, writer));
    }

    static ReplicationInterceptor to(
            MutationPublisher publisher, String region, WallClock clock, HybridClock versions) {
        requireNonNull(publisher, "publisher");
        return new ReplicationInterceptor(
                publisher,
                Mutation.requireRegion(region),
                "",
                clock,
                versions,
                Caches.NONE,
                Caches.NONE,
                Caches.NONE,
                Caches.NONE);
    }

    /** Names the zone that this client runs in, at most 100 bytes. Default: none. For observation only; the relay does not need it. */
    public ReplicationInterceptor inZone(String name) {
        return new ReplicationInterceptor(
                publisher, region, Mutation.requireZone(name), clock, versions, deletes, touches, outcomes, excluded);
    }

    /** Replicates DELETE, as an invalidation, in these caches; without names, in all. A stale mark is such a DELETE. Default: in none. */
    public ReplicationInterceptor replicatingDeletes(String... caches) {
        return new ReplicationInterceptor(
                publisher, region, zone, clock, versions, deletes.and(caches), touches, outcomes, excluded);
    }

    /** Replicates TOUCH in these caches; without names, in all. Each costs the transfer of the value. Default: in none. */
    public ReplicationInterceptor replicatingTouches(String... caches) {
        return new ReplicationInterceptor(
                publisher, region, zone, clock, versions, deletes, touches.and(caches), outcomes, excluded);
    }

    /**
     * Replicates what ADD, REPLACE, APPEND, PREPEND and counters leave behind, as a SET, in these caches; without names, in all. Default: in none.
     *
     * <p>The other region gets the whole item as it is when the relay reads it, whatever it has there. So this is for caches that one region writes: where two do, each overwrites what the other has counted or appended,
     * and an {@code add} that elects somebody elects for the other region, too.
     */
    public ReplicationInterceptor replicatingOutcomes(String... caches) {
        return new ReplicationInterceptor(
                publisher, region, zone, clock, versions, deletes, touches, outcomes.and(caches), excluded);
    }

    /** Leaves these caches out altogether. Default: none is left out. */
    public ReplicationInterceptor excluding(String... caches) {
        if (caches.length == 0) {
            throw new IllegalArgumentException("name the caches to exclude");
        }
        return new ReplicationInterceptor(
                publisher, region, zone, clock, versions, deletes, touches, outcomes, excluded.and(caches));
    }

    @Override
    public boolean passesReads() {
        return true;
    }

    @Override
    public WriteLatch write(Write write, Next next) {
        WriteLatch latch = next.write(write);
        operation(write)
                .ifPresent(operation -> latch.settled().receive(settled -> {
                    WriteResult result = settled.value();
                    if (result != null) {
                        publish(operation, write.command(), result);
                    }
                }));
        return latch;
    }

    private Optional<Operation> operation(Write write) {
        if (write.cache().equals(Mutation.ARRIVED) || excluded.contain(write.cache()) || isOfThisRegionOnly(write)) {
            return Optional.empty();
        }
        if (write.command() instanceof Store store && store.mode() == Store.Mode.SET) {
            return Optional.of(Operation.SET);
        }
        if ((write.command() instanceof Store || write.command() instanceof Arithmetic)
                && outcomes.contain(write.cache())) {
            return Optional.of(Operation.SET);
        }
        if (write.command() instanceof Delete && deletes.contain(write.cache())) {
            return Optional.of(Operation.DELETE);
        }
        if (write.command() instanceof Touch && touches.contain(write.cache())) {
            return Optional.of(Operation.TOUCH);
        }
        return Optional.empty();
    }

    /** Another region may have a value where this one's source has none, or where a load of this one came to nothing. */
    private static boolean isOfThisRegionOnly(Write write) {
        if (write.command() instanceof Store store) {
            return KnownAbsent.is(store.value());
        }
        return write.command() instanceof Delete && write.tokens() != null; // each zone's own place-holder
    }

    private void publish(Operation operation, Command<?> command, WriteResult result) {
        List<String> done = result.zones(ZoneOutcome.Status.DONE);
        List<String> holders = done.isEmpty() ? result.zones(ZoneOutcome.Status.UNKNOWN) : done;
        if (holders.isEmpty()) {
            return;
        }
        try {
            long expiresAt =
                    done.isEmpty() ? 0 : expiresAt(command); // if it was not applied, the item has another life
            publisher.publish(mutation(operation, command, expiresAt, missed(result, holders)));
        } catch (RuntimeException e) {
            LOG.error("[{}] {} of {} is not replicated", region, operation, command.key(), e);
        }
    }

    private static List<String> missed(WriteResult result, List<String> holders) {
        return result.zones().stream()
                .map(ZoneOutcome::zone)
                .filter(name -> !holders.contains(name))
                .limit(Mutation.MAX_ZONES)
                .toList();
    }

    private Mutation mutation(Operation operation, Command<?> command, long expiresAt, List<String> missed) {
        return new Mutation(
                operation, command.key(), versions.next(), expiresAt, valueBytes(command), region, zone, missed);
    }

    /** How long the value is by then. Of one that was extended only a part is known, which would have a relay read far more at once than it has memory for. */
    private static int valueBytes(Command<?> command) {
        if (command instanceof Store store && !store.mode().extend()) {
            return store.value().length();
        }
        return command instanceof Arithmetic ? COUNTER_BYTES : 0;
    }

    /** An item that is extended or counted keeps the life that it has, which only its server knows: the relay reads it there. */
    private long expiresAt(Command<?> command) {
        Ttl ttl = Ttl.none();
        if (command instanceof Store store && !store.mode().extend()) {
            ttl = store.ttl();
        } else if (command instanceof Touch touch) {
            ttl = touch.ttl();
        }
        if (ttl.isNone()) {
            return 0;
        }
        return Math.min(Mutation.MAX_EXPIRES_AT, Math.floorDiv(clock.millis(), 1000L) + ttl.seconds());
    }

    @Override
    public String toString() {
        return "Replication(from " + region + ", deletes " + deletes + ", touches " + touches + ", outcomes " + outcomes
                + ", excluded " + excluded + ")";
    }

    /** Some caches by name, or all. */
    private record Caches(boolean all, Set<String> names) {
        static final Caches NONE = new Caches(false, Set.of());

        /** Returns these and those; without names, all. */
        Caches and(String... more) {
            Set<String> both = new HashSet<>(names);
            both.addAll(List.of(more));
            return new Caches(all || more.length == 0, Set.copyOf(both));
        }

        boolean contain(String cache) {
            return all || names.contains(cache);
        }

        @Override
        public String toString() {
            return all ? "everywhere" : names.isEmpty() ? "nowhere" : names.toString();
        }
    }
}
