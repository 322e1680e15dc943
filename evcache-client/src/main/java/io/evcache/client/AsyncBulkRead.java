package io.evcache.client;

import io.evcache.client.pipeline.ManyReads;
import io.evcache.core.command.Pending;
import io.evcache.core.command.Receiver;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;

/**
 * The future of many reads. The first window is sent by the caller, further ones where callbacks run.
 *
 * @param <V> the type of the values
 * @param <R> what they add up to
 */
final class AsyncBulkRead<V, R> extends CompletableFuture<R> implements Receiver<ManyReads>, Runnable {
    private final BulkRead<V> bulk;
    private final Function<BulkRead<V>, R> result;
    private final Executor callbacks;

    AsyncBulkRead(BulkRead<V> bulk, Function<BulkRead<V>, R> result, Executor callbacks) {
        this.bulk = bulk;
        this.result = result;
        this.callbacks = callbacks;
    }

    /** Sends the first window, if there is anything to ask. */
    void start() {
        if (bulk.hasMore()) {
            bulk.sendWindow().receive(this);
        } else {
            callbacks.execute(this);
        }
    }

    @Override
    public void settled(Pending<? extends ManyReads> window) {
        callbacks.execute(this);
    }

    @Override
    public void run() {
        while (bulk.hasMore()) {
            ManyReads window = bulk.sendWindow();
            if (!window.isSettled()) { // else the next one right here: as nested calls they could fill the stack
                window.receive(this);
                return;
            }
        }
        complete(result.apply(bulk));
    }
}
