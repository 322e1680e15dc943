package io.evcache.client.zones;

import io.evcache.client.pipeline.Fallback;
import io.evcache.client.pipeline.Read;
import io.evcache.client.pipeline.ReadPolicy;
import io.evcache.client.pipeline.ReadResult;
import io.evcache.core.command.Get;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Pending;
import io.evcache.core.time.Deadline;
import io.evcache.core.zone.ClusterView;
import io.evcache.core.zone.ZoneRoute;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The zones that one kind of read may ask, in the order in which it asks them. Not a record, as arrays have no value equality and none is wanted.
 *
 * <p>For callers who ask the first zone themselves: most reads end there, and need nothing that a read of several zones needs.
 */
public final class ZoneOrder {
    final ClusterView view;
    final ZoneRoute[] zones;
    final Backfill backfill;

    /** Of an attempt that began a moment ago, perhaps: attempts that begin together share it. A race makes several. */
    private volatile @Nullable Deadline lastAttempt;

    ZoneOrder(ClusterView view, ZoneRoute[] zones, Backfill backfill) {
        this.view = view;
        this.zones = zones;
        this.backfill = backfill;
    }

    /** Asks the first zone. The answer arrives on an event loop, or on the calling thread when it is known at once; whether it is the answer to the read is for {@link #goOn} to say, unless it is a hit. */
    public Pending<Lookup> askFirst(Get command, ReadPolicy policy, Deadline deadline) {
        return zones[0].send(command, attempt(policy.fallback(), 1, deadline));
    }

    /**
     * Goes on with a read after the first zone has answered, as the policy's fallback says. Costs what a read costs that did not begin by {@link #askFirst}, less one zone.
     *
     * @param first what that returned for the same command, policy and deadline; settled
     */
    public Pending<ReadResult> goOn(Read read, Pending<? extends Lookup> first) {
        ReadCall call = new ReadCall(read, this);
        call.goOn(first);
        return call;
    }

    /** Returns how many zones may be asked in all. */
    int last(Fallback fallback) {
        return fallback.zones(zones.length);
    }

    /**
     * Returns the deadline of one attempt.
     *
     * @param asked how many zones will have been asked with it
     */
    Deadline attempt(Fallback fallback, int asked, Deadline whole) {
        return fallback.onError() && asked < last(fallback) ? attempt(whole, fallback.shareOfDeadline()) : whole;
    }

    private Deadline attempt(Deadline whole, double share) {
        Deadline last = lastAttempt;
        Deadline attempt = whole.share(share, last == null ? whole : last);
        if (attempt != last) {
            lastAttempt = attempt;
        }
        return attempt;
    }

    /** Returns this without zones that are draining, whose copies have gaps; this if there are only such. */
    ZoneOrder counted() {
        ZoneRoute[] counted = Arrays.stream(zones).filter(ZoneRoute::isCounted).toArray(ZoneRoute[]::new);
        return counted.length == 0 || counted.length == zones.length ? this : new ZoneOrder(view, counted, backfill);
    }

    @Override
    public String toString() {
        return Arrays.stream(zones).map(ZoneRoute::name).toList().toString();
    }
}
