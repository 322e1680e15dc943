package io.evcache.client;

import io.evcache.core.command.Pending;
import io.evcache.core.command.Receiver;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * The future of many values. The first window is sent by the caller, further ones where callbacks run.
 *
 * @param <V> the type of the values
 */
final class AsyncBulkRead<V> extends CompletableFuture<Map<String, V>> implements Receiver<Boolean>, Runnable {
    private final BulkRead<V> bulk;
    private final Executor callbacks;

    AsyncBulkRead(BulkRead<V> bulk, Executor callbacks) {
        this.bulk = bulk;
        this.callbacks = callbacks;
    }

    void sendWindow() {
        bulk.sendWindow().receive(this);
    }

    @Override
    public void settled(Pending<? extends Boolean> window) {
        callbacks.execute(this);
    }

    @Override
    public void run() {
        if (bulk.hasMore()) {
            sendWindow();
        } else {
            complete(bulk.hits());
        }
    }
}
