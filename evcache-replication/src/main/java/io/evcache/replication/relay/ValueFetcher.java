package io.evcache.replication.relay;

import io.evcache.client.pipeline.Next;
import io.evcache.client.pipeline.Read;
import io.evcache.client.pipeline.ReadPolicy;
import io.evcache.client.pipeline.ReadResult;
import io.evcache.core.command.Get;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Pending;
import io.evcache.core.error.CodecFailure;
import io.evcache.core.error.EvCacheException;
import io.evcache.core.error.ProtocolViolation;
import io.evcache.core.time.Deadline;
import io.evcache.core.time.Ticker;
import io.evcache.core.value.KnownAbsent;
import io.evcache.core.value.Ttl;
import io.evcache.replication.link.BatchEntry;
import io.evcache.replication.mutation.Mutation;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Reads the current value of a mutated key from its own region, without counting as use of the item: only from zones that took the write, since the others may
 * still have what it replaced. A relay that is told of no zones reads from all, in the client's order. Never from a stale or half-made item, and never a mark that this region's source has none. One round trip, more
 * only when a zone fails or misses.
 */
final class ValueFetcher {
    private static final String CACHE = "replication";
    private static final Get.Wants WANTS = Get.Wants.VALUE_AND_TTL.withoutBump();

    private final Next cache;
    private final RelayConfig config;
    private final Ticker ticker;

    ValueFetcher(Next cache, RelayConfig config, Ticker ticker) {
        this.cache = cache;
        this.config = config;
        this.ticker = ticker;
    }

    /** Reads, and tells the receiver once, usually on an event loop. */
    void fetch(Mutation mutation, Consumer<Fetched> receiver) {
        List<String> zones = new ArrayList<>(config.zones());
        zones.removeAll(mutation.missedZones());
        if (zones.isEmpty() && !config.zones().isEmpty()) {
            // Some zone has taken it, but none that this relay is told of.
            receiver.accept(new Fetched.Nothing(Outcome.SKIPPED_UNREADABLE));
            return;
        }
        Read read = new Read(
                CACHE,
                new Get(mutation.key(), WANTS),
                ReadPolicy.inOrder(zones),
                Deadline.after(config.readTimeout(), ticker));
        cache.read(read).receive(settled -> receiver.accept(fetched(settled)));
    }

    private Fetched fetched(Pending<? extends ReadResult> settled) {
        EvCacheException failure = settled.failure();
        if (failure instanceof CodecFailure) { // longer than the client reads
            return new Fetched.Nothing(Outcome.SKIPPED_TOO_LARGE);
        }
        if (failure != null) {
            return new Fetched.Failed(failure);
        }
        ReadResult result = Objects.requireNonNull(settled.value(), "value");
        if (result.lookup() instanceof Lookup.Hit hit && !hit.stale() && !KnownAbsent.is(hit.value())) {
            return found(hit);
        }
        EvCacheException elsewhere = result.failure();
        return elsewhere != null ? new Fetched.Uncertain(elsewhere) : new Fetched.Nothing(Outcome.SKIPPED_GONE);
    }

    /**
     * The life goes as it is: more than 30 days is turned into a point in time by the client that stores it. Servers report the wrapped number of an item that
     * ends right now, which is far too large.
     */
    private Fetched found(Lookup.Hit hit) {
        long ttl = hit.ttlSeconds();
        if (ttl == Lookup.NOT_ASKED) {
            return new Fetched.Failed(new ProtocolViolation("the remaining life was asked for and not answered"));
        }
        if (ttl != Lookup.NO_EXPIRY && (ttl < config.minRemainingTtl().toSeconds() || ttl > Ttl.MAX.toSeconds())) {
            return new Fetched.Nothing(Outcome.SKIPPED_EXPIRED);
        }
        if (hit.value().length() > config.maxValueBytes()) {
            return new Fetched.Nothing(Outcome.SKIPPED_TOO_LARGE);
        }
        return new Fetched.Found(hit.value(), ttl == Lookup.NO_EXPIRY ? BatchEntry.NO_EXPIRY : ttl);
    }
}
