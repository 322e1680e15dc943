package io.evcache.replication.relay;

import io.evcache.replication.link.BatchAck;
import io.evcache.replication.link.BatchAck.Outcome;
import io.evcache.replication.link.BatchEntry;
import io.evcache.replication.link.Link;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A link whose answers the test gives. */
final class FakeLink implements Link {
    final Deque<Sent> sent = new ArrayDeque<>();
    /** What the next batches throw, if anything. */
    @Nullable
    Error error;

    private boolean ready = true;
    private Runnable listener = () -> {};

    record Sent(List<BatchEntry> entries, CompletableFuture<BatchAck> answer) {
        void acknowledge(Outcome outcome) {
            answer.complete(new BatchAck(1, Collections.nCopies(entries.size(), outcome)));
        }
    }

    void ready(boolean now) {
        ready = now;
        listener.run();
    }

    @Override
    public boolean isReady() {
        return ready;
    }

    @Override
    public void onReady(Runnable newListener) {
        listener = newListener;
    }

    @Override
    public CompletableFuture<BatchAck> send(List<BatchEntry> entries, long readAtNanos) {
        if (error != null) {
            throw error;
        }
        Sent batch = new Sent(entries, new CompletableFuture<>());
        sent.add(batch);
        return batch.answer();
    }

    @Override
    public int maxBatchBytes() {
        return 4 << 20;
    }

    @Override
    public void close() {}
}
