package io.evcache.replication.relay;

import java.util.concurrent.CompletableFuture;

/** Keeps the records that cannot be shipped. For any thread. */
public interface DeadLetters extends AutoCloseable {

    /**
     * Keeps the record.
     *
     * @param reason a sentence; never holds a value
     * @return completes once the record is safe; fails otherwise, and the relay tries again. Must not block the caller
     */
    CompletableFuture<Void> keep(SourceRecord dead, String reason);

    /** Ends it. Repeating it does nothing. */
    @Override
    void close();
}
