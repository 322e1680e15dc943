package io.evcache.client.pipeline;

import io.evcache.core.command.Command;
import io.evcache.core.command.Delete;
import io.evcache.core.command.Get;
import io.evcache.core.command.Store;
import io.evcache.core.time.Deadline;
import org.jspecify.annotations.Nullable;

/**
 * One logical write to all zones: which cache, what to send, how many zones must take it, until when.
 *
 * <p>Most commands go to every zone as they are, at the same time. Those whose outcome depends on what is there go to one zone first, which decides; the others follow without the condition: an add, a
 * store or delete with a token to compare, and arithmetic. With {@code tokens} each zone decides for itself instead.
 *
 * @param cache the name of the cache, for metrics and interceptors
 * @param command a store, delete, touch or arithmetic; or a get, which then asks every zone, usually to lease an item there
 * @param policy how many zones must take it
 * @param deadline when zones that have not answered are given up
 * @param tokens null: the command goes out as it is. Otherwise a store or a delete, which each zone gets with its own token, and a zone without token not at all: it counts as {@link
 *     ZoneOutcome.Status#REFUSED}. The command itself then carries {@link ZoneTokens#UNSET}, where the tokens are conditions. Whoever passes a changed write on keeps the tokens
 * @param decider the zone that decides, such as the one that the token to compare is from; null for the one that follows from the key. Without meaning for commands that every zone gets as they are
 */
public record Write(
        String cache,
        Command<?> command,
        WritePolicy policy,
        Deadline deadline,
        @Nullable ZoneTokens tokens,
        @Nullable String decider) {

    public Write {
        if (tokens != null && !(command instanceof Store) && !(command instanceof Delete)) {
            throw new IllegalArgumentException(command.verb() + " has no condition, so no use for tokens");
        }
        if (tokens != null && decider != null) {
            throw new IllegalArgumentException("either each zone decides by its token, or zone " + decider + " does");
        }
    }

    /** Creates a write that, if one zone is to decide, is decided by the one that follows from the key. */
    public Write(String cache, Command<?> command, WritePolicy policy, Deadline deadline) {
        this(cache, command, policy, deadline, null, null);
    }

    /** Creates a write that each zone decides by its own token. */
    public Write(String cache, Command<?> command, WritePolicy policy, Deadline deadline, @Nullable ZoneTokens tokens) {
        this(cache, command, policy, deadline, tokens, null);
    }

    /** Returns whether nothing is written: every zone is asked for the item. */
    public boolean isQuestion() {
        return command instanceof Get;
    }

    /** Returns this write decided by the named zone, if one is to decide. */
    public Write decidedBy(String zone) {
        return new Write(cache, command, policy, deadline, tokens, zone);
    }
}
