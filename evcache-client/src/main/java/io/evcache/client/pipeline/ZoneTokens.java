package io.evcache.client.pipeline;

import io.evcache.core.command.Command;
import io.evcache.core.command.Delete;
import io.evcache.core.command.Store;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The compare-and-store tokens that one item had in each zone. Zones number their items on their own, so a conditional write that goes to all of them needs one token for each.
 *
 * @param byZone by name of the zone; zero is no condition; a zone without a token is not written at all
 */
public record ZoneTokens(Map<String, Long> byZone) {

    /**
     * What a conditional command carries before each zone's own token takes its place. No server has given it out, so whoever loses the tokens on the way, such as an interceptor that builds the
     * write anew, has the write refused everywhere, and never done without its condition.
     */
    public static final long UNSET = Long.MAX_VALUE;

    public ZoneTokens {
        byZone = Map.copyOf(byZone);
    }

    /** Returns what has a write done in these zones only, whatever is there. */
    public static ZoneTokens withoutCondition(Collection<String> zones) {
        return new ZoneTokens(zones.stream().collect(Collectors.toMap(zone -> zone, zone -> 0L)));
    }

    /** Returns whether the write depends on what is there. */
    public boolean areConditions() {
        return byZone.values().stream().anyMatch(token -> token != 0);
    }

    /** Returns the command with the zone's token as its condition; empty if the zone has none. */
    public Optional<Command<?>> conditional(Command<?> command, String zone) {
        Long token = byZone.get(zone);
        return token == null ? Optional.empty() : Optional.of(conditional(command, token));
    }

    private static Command<?> conditional(Command<?> command, long token) {
        if (command instanceof Store store) {
            return new Store(store.key(), store.value(), store.ttl(), store.mode(), token, store.version());
        }
        if (command instanceof Delete delete) {
            return delete.comparing(token);
        }
        throw new IllegalArgumentException(command.verb() + " has no condition");
    }
}
