package io.evcache.spymemcached;

import io.evcache.core.error.NodeUnavailable;
import io.evcache.core.error.NodeUnavailable.Reason;
import io.evcache.core.error.ServerError;
import io.evcache.core.error.UnsupportedCommand;
import io.evcache.core.transport.ItemMetadata;
import io.evcache.core.transport.ItemScope;
import io.evcache.core.transport.NodeAdmin;
import io.evcache.core.transport.RefusedItems;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.function.Supplier;
import net.spy.memcached.MemcachedClient;

/** Asks through a client of its own for each question, on a thread that may wait. spymemcached cannot list items. */
final class SpymemcachedAdmin implements NodeAdmin {
    private final String node;
    private final Supplier<SpymemcachedConnection> open;
    private final Executor threads;

    /**
     * Creates one for a node.
     *
     * @param open waits until the server has answered
     */
    SpymemcachedAdmin(String node, Supplier<SpymemcachedConnection> open, Executor threads) {
        this.node = node;
        this.open = open;
        this.threads = threads;
    }

    @Override
    public CompletionStage<Void> ping() {
        return ask(client -> client).thenAccept(client -> {});
    }

    @Override
    public CompletionStage<String> version() {
        return ask(client -> only("version", client.getVersions()));
    }

    @Override
    public CompletionStage<Map<String, String>> statistics(String... arguments) {
        String line = NodeAdmin.statisticsLine(arguments);
        return ask(client -> {
            Map<String, String> values = only(
                    line,
                    arguments.length == 0 ? client.getStats() : client.getStats(line.substring("stats ".length())));
            if (values.isEmpty()) { // how spymemcached tells an error
                throw new ServerError(node + " answered '" + line + "' with nothing or with an error");
            }
            return Map.copyOf(values);
        });
    }

    @Override
    public Flow.Publisher<ItemMetadata> items(ItemScope scope) {
        return RefusedItems.because(
                new UnsupportedCommand("the spymemcached transport cannot list the items of " + node));
    }

    private <T> CompletionStage<T> ask(Function<MemcachedClient, T> question) {
        try {
            return CompletableFuture.supplyAsync(
                    () -> {
                        try (SpymemcachedConnection connection = open.get()) {
                            return question.apply(connection.client());
                        }
                    },
                    threads);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(
                    new NodeUnavailable(Reason.CLOSED, node + " was not asked: the transport is closed", e));
        }
    }

    /** The client has one node only; one that did not answer in time is missing. */
    private <T> T only(String question, Map<?, T> answers) {
        return answers.values().stream()
                .findFirst()
                .orElseThrow(() -> new NodeUnavailable(
                        Reason.NOT_RESPONDING, node + " did not answer '" + question + "' in time", null));
    }
}
