package io.evcache.client.pipeline;

import io.evcache.core.command.Pending;

/**
 * Stands around every read and write of a client: may look, change, refuse or answer itself. Interceptors run in list order on the way down, on the thread that sends: the caller's, or for what follows in a call of several
 * steps one of the client's, event loops included. So they must not block; what they attach to the result runs on an event loop, where they must not block either.
 *
 * <p>Whatever an interceptor throws is the failure of that one call.
 */
public interface Interceptor {

    /** Handles a read; passes it on unless overridden. */
    default Pending<ReadResult> read(Read read, Next next) {
        return next.read(read);
    }

    /**
     * Returns whether {@link #read} does nothing but pass the read on, now. Then the keys of a bulk read need not be taken apart for it, which is several times cheaper. The default is {@code false}: each key is a read of its
     * own.
     */
    default boolean passesReads() {
        return false;
    }

    /** Handles a write; passes it on unless overridden. */
    default WriteLatch write(Write write, Next next) {
        return next.write(write);
    }
}
