package io.evcache.client.zones;

import static java.util.Objects.requireNonNull;

import io.evcache.client.pipeline.ManyReads;
import io.evcache.client.pipeline.Next;
import io.evcache.client.pipeline.Read;
import io.evcache.client.pipeline.ReadPolicy;
import io.evcache.client.pipeline.ReadPolicy.Agreement;
import io.evcache.client.pipeline.ReadPolicy.Order;
import io.evcache.client.pipeline.ReadResult;
import io.evcache.client.pipeline.Write;
import io.evcache.client.pipeline.WriteLatch;
import io.evcache.core.command.Pending;
import io.evcache.core.error.EvCacheException;
import io.evcache.core.key.Key;
import io.evcache.core.time.Ticker;
import io.evcache.core.zone.ClusterView;
import io.evcache.core.zone.ZoneRoute;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The last station of a client's pipeline. Takes the snapshot of what exists once per call, so that a call is never torn by a change of the topology.
 *
 * <p>Thread-safe; never blocks. Results arrive on event loops, or on the calling thread when they are known at once.
 */
public final class Zones implements Next {
    private final Supplier<ClusterView> view;
    private final LocalFirstReads reads;
    private final ConsistentReads consistentReads;
    private final AllZonesWrites writes;
    private final DecidedWrites decidedWrites;

    private Zones(Supplier<ClusterView> view, ZoneOrders orders, AllZonesWrites writes) {
        this.view = view;
        this.reads = new LocalFirstReads(orders);
        this.consistentReads = new ConsistentReads(orders);
        this.writes = writes;
        this.decidedWrites = new DecidedWrites(writes);
    }

    /**
     * Returns the zones of a cluster.
     *
     * @param view read once per call
     * @param localZone the zone that is read first; one that does not exist leaves the order of the topology
     * @param ticker for the limit on back-fills and the waits on latches
     * @param callbacks where the futures of latches complete
     */
    public static Zones of(Supplier<ClusterView> view, String localZone, Ticker ticker, Executor callbacks) {
        requireNonNull(view, "view");
        return of(view, localZone, new Backfill(ticker, Backfill.DEFAULT_PER_SECOND), ticker, callbacks);
    }

    /** Returns the zones of a cluster whose servers cannot tell how long a value has to live: like {@link #of}, but nothing is back-filled, whatever a read policy says. */
    public static Zones withoutBackfill(
            Supplier<ClusterView> view, String localZone, Ticker ticker, Executor callbacks) {
        requireNonNull(view, "view");
        return of(view, localZone, Backfill.impossible(ticker), ticker, callbacks);
    }

    private static Zones of(
            Supplier<ClusterView> view, String localZone, Backfill backfill, Ticker ticker, Executor callbacks) {
        return new Zones(
                view,
                new ZoneOrders(localZone, backfill, new Proximity(ticker)),
                new AllZonesWrites(ticker, callbacks));
    }

    @Override
    public Pending<ReadResult> read(Read read) {
        return read.policy().agreement() == Agreement.ONE
                ? reads.read(read, view.get())
                : consistentReads.read(read, view.get());
    }

    /** Returns the zones that a read by this policy asks one after the other, for a caller who asks the first one himself; null for policies that do not start at the local zone, and if there is no zone. */
    public @Nullable ZoneOrder inOrder(ReadPolicy policy) {
        return policy.agreement() == Agreement.ONE && policy.order() == Order.LOCAL_FIRST
                ? reads.localFirst(view.get())
                : null;
    }

    @Override
    public void readAll(ManyReads many) {
        if (many.policy().agreement() == Agreement.ONE) {
            reads.readAll(many, view.get());
        } else {
            many.sendSingly(this);
        }
    }

    @Override
    public WriteLatch write(Write write) {
        ClusterView now = view.get();
        return DecidedWrites.areFor(write) ? decidedWrites.write(write, now) : writes.write(write, now);
    }

    /**
     * Returns the latch of a write that failed before it got here: decided and settled at once, every zone with this failure.
     *
     * @param failure says by {@link EvCacheException#mayHaveBeenApplied()} whether the zones are UNKNOWN or FAILED
     */
    public WriteLatch failed(Write write, EvCacheException failure) {
        return writes.failed(write, view.get(), failure);
    }

    /** Returns all zones that exist now, in the order of the topology. */
    public List<ZoneRoute> all() {
        return view.get().zones();
    }

    /** Returns the zone that decides about the key where only one may: the same for all clients that see the same zones in normal service. Empty if there is no zone. */
    public Optional<String> decidingZone(Key key) {
        return decidedWrites.zoneFor(key, view.get());
    }

    /** Returns all zones that serve reads, the {@linkplain #decidingZone deciding} one first, the others in the order of the topology. */
    public List<String> decidingFirst(Key key) {
        ClusterView now = view.get();
        List<String> names = new ArrayList<>();
        decidedWrites.zoneFor(key, now).ifPresent(names::add);
        for (ZoneRoute zone : now.zones()) {
            if (zone.isReadable() && !names.contains(zone.name())) {
                names.add(zone.name());
            }
        }
        return names;
    }

    /** Returns how many zones a read has asked so far; 0 if the pending is not one of a read of this class, but an interceptor's own. */
    public static int attempts(Pending<ReadResult> read) {
        if (read instanceof ReadCall call) {
            return call.attempts();
        }
        return read instanceof ConsistentRead call ? call.attempts() : 0;
    }

    @Override
    public String toString() {
        return "Zones(" + reads + ", " + writes + ")";
    }
}
