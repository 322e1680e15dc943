package io.evcache.core.transport.netty;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A socket of an event loop that callers may write to as well, in {@linkplain Turn turns}. */
interface SharedSocket {

    /** Returns whose turn it is. The socket is not closed before this is. */
    Turn turn();

    /** Returns whether the calling thread is the socket's own event loop. */
    boolean isAtHome();

    /**
     * Writes without blocking. Only for who has the turn.
     *
     * @param bytes a direct buffer, whose position and limit do not count
     * @return how many of the bytes from {@code from} to {@code to} the kernel has taken
     */
    int send(ByteBuffer bytes, int from, int to) throws IOException;
}
