package io.evcache.client.zones;

import io.evcache.client.pipeline.Write;
import io.evcache.core.command.Pending;
import io.evcache.core.command.Reply;
import io.evcache.core.error.NodeUnavailable;
import io.evcache.core.error.NodeUnavailable.Reason;
import io.evcache.core.key.Key;
import io.evcache.core.zone.ClusterView;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Writes whose outcome depends on what is there: one zone decides, the others follow. Zones that lost an item each on its own would otherwise say yes to one caller here and to another there.
 *
 * <p>Which zone decides follows from the key alone ({@link DecidingZones}), or is named by the write, as by one whose token is from there. While its node is away the write fails and nothing changes; it
 * does not move to another zone, which could decide differently for two callers.
 */
final class DecidedWrites {
    private final AllZonesWrites all;

    DecidedWrites(AllZonesWrites all) {
        this.all = all;
    }

    static boolean areFor(Write write) {
        return write.tokens() == null && DecidedWrite.isNeededFor(write.command());
    }

    Tally write(Write write, ClusterView view) {
        WrittenZones zones = all.zones(view);
        int decider = decider(write, zones);
        if (decider < 0) {
            return all.failed(write, view, noDecider(write.decider()));
        }
        Pending<? extends Reply>[] answers = AllZonesWrites.answers(zones.count());
        DecidedWrite.send(write, zones, decider, answers);
        return Tally.of(zones.terms(write.policy()), answers);
    }

    /** Returns the zone that decides about the key; empty if there is no zone. */
    Optional<String> zoneFor(Key key, ClusterView view) {
        WrittenZones zones = all.zones(view);
        int decider = zones.deciderOf(key);
        return decider < 0 ? Optional.empty() : Optional.of(zones.at(decider).name());
    }

    private static int decider(Write write, WrittenZones zones) {
        String named = write.decider();
        return named == null ? zones.deciderOf(write.command().key()) : zones.indexOf(named);
    }

    private static NodeUnavailable noDecider(@Nullable String named) {
        String which = named == null ? "there is no zone to decide" : "zone " + named + ", which is to decide, is gone";
        return new NodeUnavailable(Reason.NOT_CONNECTED, which + "; nothing was sent", null);
    }

    @Override
    public String toString() {
        return "DecidedWrites";
    }
}
