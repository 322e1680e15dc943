package io.evcache.core.transport;

import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

/**
 * What an operator asks of one server, beside the commands of the data plane: is it there, what is it, how is it, and what does it hold.
 *
 * <p>Every question has a connection of its own, opened for it and closed behind it, so none ever delays a command; the price is a connect for each. Methods may be called from any
 * thread that may block for the resolution of a host name, and otherwise never block. What they return completes on an event loop: do not block there. Failures are
 * {@link io.evcache.core.error.EvCacheException}s: {@code NodeUnavailable} if the server cannot be reached or does not answer within the transport's connect timeout,
 * {@code ServerError} if it refuses, {@code UnsupportedCommand} if the transport cannot ask.
 */
public interface NodeAdmin {

    /** Asks the server to answer nothing: completes when it has. */
    CompletionStage<Void> ping();

    /** Returns what the server calls its version, such as {@code 1.6.38}; proxies answer what they like. */
    CompletionStage<String> version();

    /**
     * Returns the server's statistics: {@code stats} and the arguments, such as {@code items}, {@code slabs}, {@code settings}. Names and values are the server's own, in its order.
     *
     * <p>Not everything behind the word only looks: {@code reset} clears the counters, {@code detail on} costs the server time.
     *
     * @param arguments words of printable ASCII without blanks; none for the general statistics
     * @throws IllegalArgumentException if an argument is not such a word
     */
    CompletionStage<Map<String, String>> statistics(String... arguments);

    /**
     * For implementers: returns the line that asks for statistics.
     *
     * @throws IllegalArgumentException if an argument is not a word of printable ASCII
     */
    static String statisticsLine(String... arguments) {
        StringBuilder line = new StringBuilder("stats");
        for (String argument : arguments) {
            if (!argument.matches("[!-~]{1,100}")) {
                throw new IllegalArgumentException(
                        "an argument of stats is 1 to 100 printable ASCII characters without blanks, was '" + argument
                                + "'");
            }
            line.append(' ').append(argument);
        }
        return line.toString();
    }

    /**
     * Returns a stream of what the server holds, without the values. Each subscription is a walk of its own, on a connection of its own, which begins with the first
     * {@code request} and ends with the last item, a failure, or {@code cancel}.
     *
     * <p>A walk is a hint, never a snapshot: items come and go meanwhile, {@link ItemScope#all()} can name a key twice and a fresh item late, and keys that no client of this library
     * could ask for are left out. There is no way to resume a walk within; to be able to continue after an interruption, walk one {@linkplain ItemScope#slabClasses slab class} after the other.
     *
     * <p>The subscriber sets the pace: while it asks for nothing, nothing is read, and at most 64 KiB are held here. The server's crawler waits then, and with it its other walks and the early
     * removal of expired items; so do not pause for minutes, cancel instead. The server runs one walk at a time: while it is busy with another this one is tried again for 5 s, and
     * then fails as {@code NodeUnavailable(OVERLOADED)}. A server from which nothing comes for 10 s, though items are asked for, is given up.
     *
     * @return calls its subscribers on an event loop, one signal at a time; a subscriber that throws is cancelled
     */
    Flow.Publisher<ItemMetadata> items(ItemScope scope);
}
