package io.evcache.core.transport.netty;

import static java.util.Objects.requireNonNull;

import io.evcache.core.command.Reply;
import org.jspecify.annotations.Nullable;

/**
 * The answers of one read of the socket, told once all of it, or a good deal, is decoded. A caller whose thread is woken by the first of many answers then finds the others there too, instead of going back to sleep between any two. Telling
 * also runs code that decoding does not need in the processor's cache. One for all connections of a lane. Confined to the event loop.
 */
final class Answers {
    /** More are told in several goes. A fixed number, so that an answer always finds room. */
    private static final int MOST = 128;

    private final @Nullable Call<?>[] calls = new Call<?>[MOST];
    private final @Nullable Reply[] replies = new Reply[MOST];
    private int size;

    /** So many have given back their room. */
    private int freed;

    private int told;

    /** Keeps the answer to a call until {@link #tell}, or until there are many. */
    void add(Call<?> call, Reply reply) {
        calls[size] = call;
        replies[size++] = reply;
        if (size == MOST) {
            tell();
        }
    }

    /**
     * Settles all calls, in the order of their answers. Frees the room of all before any caller is told, so that one who waits for each answer never meets its own command, and at once: callers take room on other cores, which would take turns with this one. Where an error of the machine stops this, such as
     * that the stack is used up, the others are settled by the next read of the lane, or by the end of a connection, which such an error causes.
     */
    @SuppressWarnings("unchecked") // the answer is of the command's own reply type
    void tell() {
        free();
        while (told < size) {
            Call<Reply> call = (Call<Reply>) at(told);
            Reply reply = requireNonNull(replies[told]);
            calls[told] = null;
            replies[told++] = null;
            call.complete(reply);
        }
        size = 0;
        freed = 0;
        told = 0;
    }

    @SuppressWarnings("ReferenceEquality") // a connection is who it is
    private void free() {
        while (freed < size) {
            NettyConnection connection = at(freed).connection;
            int commands = 0;
            long bytes = 0;
            for (; freed < size && at(freed).connection == connection; freed++) {
                commands += at(freed).commands();
                bytes += at(freed).cost();
            }
            connection.release(commands, bytes);
        }
    }

    private Call<?> at(int index) {
        return requireNonNull(calls[index]);
    }
}
