package io.evcache.core.transport.netty;

import io.evcache.core.error.EvCacheException;
import io.evcache.core.error.NodeUnavailable;
import io.evcache.core.error.NodeUnavailable.Reason;
import org.jspecify.annotations.Nullable;

/**
 * What the calls of one connection, and the connection itself, fail with.
 *
 * @param name the connection's
 */
record Failures(String name) {

    NodeUnavailable notResponding(Call<?> call, int inFlight) {
        return new NodeUnavailable(
                Reason.NOT_RESPONDING,
                name + " does not answer, " + inFlight + " in flight; " + call.what() + " was not sent",
                null);
    }

    NodeUnavailable overloaded(Call<?> call, int held) {
        return new NodeUnavailable(
                Reason.OVERLOADED,
                name + " has " + held + " commands queued or in flight; " + call.what() + " was not sent",
                null);
    }

    /** No byte of the call has left. */
    NodeUnavailable notSent(Call<?> call, @Nullable EvCacheException cause) {
        return notConnected(Reason.NOT_CONNECTED, call.what() + " was not sent", cause);
    }

    /** Whether the server has carried out the call is unknown. */
    NodeUnavailable lost(Call<?> call, @Nullable EvCacheException cause) {
        return notConnected(Reason.CONNECTION_LOST, call.what() + " was in flight", cause);
    }

    private NodeUnavailable notConnected(Reason reason, String what, @Nullable EvCacheException cause) {
        return new NodeUnavailable(
                reason, name + " is not connected; " + what + (cause == null ? "" : ": " + cause.getMessage()), cause);
    }

    NodeUnavailable cannotWrite(Throwable e) {
        return new NodeUnavailable(Reason.CONNECTION_LOST, name + ": cannot write: " + e.getMessage(), e);
    }

    NodeUnavailable closedHere() {
        return new NodeUnavailable(Reason.CONNECTION_LOST, name + ": connection closed by this client", null);
    }

    /** The server is of no use any more, for that reason. */
    NodeUnavailable givenUp(String reason, int inFlight) {
        return new NodeUnavailable(Reason.CONNECTION_LOST, name + " " + reason + ", " + inFlight + " in flight", null);
    }
}
