package io.evcache.client.pipeline;

import io.evcache.core.command.Command;
import io.evcache.core.command.Delete;
import io.evcache.core.command.Store;
import io.evcache.core.time.Deadline;
import org.jspecify.annotations.Nullable;

/**
 * One logical write to all zones: which cache, what to send, how many zones must take it, until when.
 *
 * @param cache the name of the cache, for metrics and interceptors
 * @param command a store, delete, touch or arithmetic; or a get, which then asks every zone, usually to lease an item there. The same record goes to every zone, but for {@code tokens}
 * @param tokens null: the command goes out as it is. Otherwise a store or a delete, which each zone gets with its own token, and a zone without token not at all: it counts as {@link
 *     ZoneOutcome.Status#REFUSED}. The command itself then carries {@link ZoneTokens#UNSET}. Whoever passes a changed write on keeps the tokens
 */
public record Write(
        String cache,
        Command<?> command,
        WritePolicy policy,
        Deadline deadline,
        @Nullable ZoneTokens tokens) {

    public Write {
        if (tokens != null && !(command instanceof Store) && !(command instanceof Delete)) {
            throw new IllegalArgumentException(command.verb() + " has no condition, so no use for tokens");
        }
    }

    /** Creates a write that sends the same to every zone. */
    public Write(String cache, Command<?> command, WritePolicy policy, Deadline deadline) {
        this(cache, command, policy, deadline, null);
    }
}
