package io.evcache.core.transport;

import io.evcache.core.error.UnsupportedCommand;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

/** Refuses every question. */
record NoAdmin(String why) implements NodeAdmin {

    @Override
    public CompletionStage<Void> ping() {
        return CompletableFuture.failedFuture(refused("a ping"));
    }

    @Override
    public CompletionStage<String> version() {
        return CompletableFuture.failedFuture(refused("its version"));
    }

    @Override
    public CompletionStage<Map<String, String>> statistics(String... arguments) {
        return CompletableFuture.failedFuture(refused("its statistics"));
    }

    @Override
    public Flow.Publisher<ItemMetadata> items(ItemScope scope) {
        return RefusedItems.because(refused("its items"));
    }

    private UnsupportedCommand refused(String what) {
        return new UnsupportedCommand(why + " for " + what);
    }
}
