package io.evcache.client.zones;

import io.evcache.client.pipeline.WritePolicy;
import io.evcache.client.pipeline.WriteResult;
import io.evcache.client.pipeline.ZoneOutcome;
import io.evcache.client.pipeline.ZoneOutcome.Status;
import io.evcache.core.command.CountReply;
import io.evcache.core.command.DeleteReply;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Pending;
import io.evcache.core.command.Reply;
import io.evcache.core.command.StoreReply;
import io.evcache.core.command.TouchReply;
import io.evcache.core.error.EvCacheException;
import io.evcache.core.key.Key;
import io.evcache.core.zone.ClusterView;
import io.evcache.core.zone.ZoneRoute;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the writes of one view have in common: the zones, how many of them count, and the objects that say what nearly every zone says. Immutable; made once per change of the topology, so that a
 * usual result costs a write nothing.
 */
final class WrittenZones {
    private final ClusterView view;
    private final ZoneRoute[] zones;
    private final int counted;
    private final DecidingZones deciding;
    private final ZoneOutcome[] stored;
    private final ZoneOutcome[] pending;
    /** Not modified. */
    private final Map<WritePolicy, WriteTerms> terms = new EnumMap<>(WritePolicy.class);

    private final AllZonesWrites writes;

    WrittenZones(ClusterView view, AllZonesWrites writes) {
        this.view = view;
        this.writes = writes;
        this.zones = view.zones().toArray(ZoneRoute[]::new);
        this.counted = (int) Arrays.stream(zones).filter(ZoneRoute::isCounted).count();
        this.deciding = new DecidingZones(zones);
        this.stored = Arrays.stream(zones)
                .map(zone -> new ZoneOutcome(zone.name(), Status.DONE, StoreReply.STORED, null))
                .toArray(ZoneOutcome[]::new);
        this.pending = Arrays.stream(zones)
                .map(zone -> new ZoneOutcome(zone.name(), Status.PENDING, null, null))
                .toArray(ZoneOutcome[]::new);
        for (WritePolicy policy : WritePolicy.values()) {
            int required = policy.required(counted);
            WriteResult allStored = new WriteResult(policy, required, counted, List.of(stored));
            terms.put(policy, new WriteTerms(this, policy, required, allStored));
        }
    }

    ClusterView view() {
        return view;
    }

    int count() {
        return zones.length;
    }

    ZoneRoute at(int index) {
        return zones[index];
    }

    /** Returns the index of the zone that decides about the key; -1 if there is no zone. */
    int deciderOf(Key key) {
        return deciding.indexFor(key);
    }

    /** Returns the index of the zone of that name; -1 if there is none. */
    int indexOf(String zone) {
        for (int i = 0; i < zones.length; i++) {
            if (zones[i].name().equals(zone)) {
                return i;
            }
        }
        return -1;
    }

    /** Returns how many zones are in normal service, which are those that a policy counts. */
    int counted() {
        return counted;
    }

    boolean isCounted(int index) {
        return zones[index].isCounted();
    }

    WriteTerms terms(WritePolicy policy) {
        return Objects.requireNonNull(terms.get(policy));
    }

    /** Returns whoever writes to these zones, who knows the time and where callbacks run. */
    AllZonesWrites writes() {
        return writes;
    }

    /** Returns what these answers, one per zone in their order, say now. */
    WriteResult result(WriteTerms terms, Pending<? extends Reply>[] answers) {
        if (areAllStored(answers)) {
            return terms.allStored();
        }
        ZoneOutcome[] outcomes = new ZoneOutcome[zones.length];
        int done = 0;
        for (int i = 0; i < outcomes.length; i++) {
            outcomes[i] = outcome(i, answers[i]);
            done += outcomes[i].status() == Status.DONE && isCounted(i) ? 1 : 0;
        }
        return new WriteResult(terms.policy(), terms.required(), done, List.of(outcomes));
    }

    private static boolean areAllStored(Pending<? extends Reply>[] answers) {
        for (Pending<? extends Reply> answer : answers) {
            if (answer.value() != StoreReply.STORED) {
                return false;
            }
        }
        return true;
    }

    private ZoneOutcome outcome(int index, Pending<? extends Reply> answer) {
        String zone = zones[index].name();
        Reply reply = answer.value();
        if (reply == StoreReply.STORED) {
            return stored[index];
        }
        if (reply != null) {
            return new ZoneOutcome(zone, isDone(reply) ? Status.DONE : Status.REFUSED, reply, null);
        }
        EvCacheException failure = answer.failure();
        if (failure instanceof NotAsked) {
            return new ZoneOutcome(zone, Status.SKIPPED, null, null);
        }
        if (failure != null) {
            return new ZoneOutcome(zone, failure.mayHaveBeenApplied() ? Status.UNKNOWN : Status.FAILED, null, failure);
        }
        return pending[index];
    }

    static boolean isDone(@Nullable Reply reply) {
        return reply == StoreReply.STORED
                || reply == DeleteReply.DELETED
                || reply == DeleteReply.NOT_FOUND
                || reply == TouchReply.TOUCHED
                || reply instanceof Lookup
                || (reply instanceof CountReply count && count.found());
    }
}
