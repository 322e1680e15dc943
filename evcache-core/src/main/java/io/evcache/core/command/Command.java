package io.evcache.core.command;

import io.evcache.core.key.Key;
import java.util.Set;

/**
 * One question to one copy of the data: immutable, and free of anything that belongs to a particular sending of it.
 *
 * <p>Five records cover memcached's meta protocol. Whoever implements {@link Route} or a transport switches over them; the interface is sealed
 * so that the compiler finds every such place when a command is added.
 *
 * @param <R> what the server answers
 */
public sealed interface Command<R extends Reply> permits Get, Store, Delete, Touch, Arithmetic {

    /** Returns the key that decides which node answers. */
    Key key();

    /** Returns what the other end must be able to do beyond plain commands; empty for most. */
    default Set<Feature> needs() {
        return Set.of();
    }

    /** Returns the word for messages and metrics: {@code get}, {@code set}, {@code add}, {@code delete}, … */
    String verb();
}
