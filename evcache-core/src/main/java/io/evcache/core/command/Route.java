package io.evcache.core.command;

import io.evcache.core.time.Deadline;

/**
 * Something that can answer commands: one socket, one node, one ring, one zone. Whatever changes how <em>one copy</em> of the data is reached is
 * a route around a route.
 *
 * <p>Implementations name their structure in {@code toString}, outermost first: {@code Ring(LIBMEMCACHED, 2 nodes)}.
 */
public interface Route {

    /**
     * Sends the command and promises its answer.
     *
     * <p>Never blocks and never throws for anything that happens on the way: a full queue, a dead node or a passed deadline is a failed
     * {@code Pending}. May be called from any thread, event loops included. Commands on one key that one thread sends reach the server in that
     * order, as long as the connection lives.
     *
     * @return settles exactly once, at the latest a few milliseconds after the deadline; usually on an event loop, at once on the calling thread
     *     when the failure is known already
     */
    <R extends Reply> Pending<R> send(Command<R> command, Deadline deadline);

    /**
     * Sends a plain get for each key of the part, which is {@linkplain Gets.Part#end ended} when all are answered. As good as one {@link #send} for each, and that is what it does unless overridden; a route that
     * can ask for many keys at once does it with less.
     *
     * <p>Promises what {@link #send} does, for each key.
     */
    default void sendAll(Gets.Part part, Deadline deadline) {
        SingleGets.send(part, Get.Wants.PLAIN, this, deadline);
    }
}
