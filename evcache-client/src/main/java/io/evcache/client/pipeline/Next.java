package io.evcache.client.pipeline;

import io.evcache.core.command.Pending;

/** The rest of the way: the interceptors behind this one and, last, the zones. Neither verb blocks or throws; a failed read is a failed pending. */
public interface Next {

    /** Reads. Fails with the last zone's failure when no zone answered; a miss is a result. */
    Pending<ReadResult> read(Read read);

    /** Reads many keys; each as {@link #read} does, and with that unless there is a better way. */
    default void readAll(ManyReads reads) {
        reads.sendSingly(this);
    }

    /** Writes to every zone. */
    WriteLatch write(Write write);
}
