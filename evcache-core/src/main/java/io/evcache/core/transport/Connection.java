package io.evcache.core.transport;

import io.evcache.core.command.Route;
import io.evcache.core.error.EvCacheException;
import java.net.InetAddress;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * One live connection to one server; answers commands in the order in which one thread sends them.
 *
 * <p>An implementer guarantees: a reply never reaches a command that it does not answer. When the pairing is in doubt, or the server stops answering,
 * the connection closes itself, and what was in flight fails.
 */
public interface Connection extends Route, AutoCloseable {

    /** Returns what the server at the other end can do, as probed when the connection was opened. */
    Capabilities capabilities();

    /** Returns where the server is, if this is known; its node's name is looked up from time to time then, and the connection replaced if the name has moved. Empty by default: such a connection stays where it is. */
    default Optional<InetAddress> address() {
        return Optional.empty();
    }

    /** Returns the stage that completes, with the reason, once this connection is closed by either side. Never completes exceptionally. */
    CompletionStage<EvCacheException> closed();

    /** Returns how many commands are queued or unanswered, those of expired callers included. */
    int inFlight();

    /** Closes at once; what is in flight fails with {@code NodeUnavailable(CONNECTION_LOST)}. Idempotent. */
    @Override
    void close();
}
