package io.evcache.client;

import io.evcache.core.command.Pending;
import io.evcache.core.command.Receiver;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** The future of many writes. The first window is sent by the caller, further ones where callbacks run. */
final class AsyncBulkWrite extends CompletableFuture<Set<String>> implements Receiver<Boolean>, Runnable {
    private final BulkWrite bulk;
    private final Executor callbacks;

    AsyncBulkWrite(BulkWrite bulk, Executor callbacks) {
        this.bulk = bulk;
        this.callbacks = callbacks;
    }

    AsyncBulkWrite sendWindow() {
        bulk.sendWindow().receive(this);
        return this;
    }

    @Override
    public void settled(Pending<? extends Boolean> window) {
        callbacks.execute(this);
    }

    @Override
    public void run() {
        while (bulk.hasMore()) {
            Pending<Boolean> window = bulk.sendWindow();
            if (!window.isSettled()) { // else the next one right here: as nested calls they could fill the stack
                window.receive(this);
                return;
            }
        }
        complete(bulk.unmet());
    }
}
