package io.evcache.core.transport.netty;

import io.evcache.core.error.NodeUnavailable;
import io.evcache.core.error.NodeUnavailable.Reason;
import io.evcache.core.time.Ticker;
import io.evcache.core.transport.ItemMetadata;
import io.evcache.core.transport.ItemScope;
import io.evcache.core.transport.NodeAdmin;
import io.netty.handler.codec.LineBasedFrameDecoder;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Asks each question on a connection of its own. The greeting that every connection begins with answers the first two by itself. */
final class NettyNodeAdmin implements NodeAdmin {
    /** The longest are paths and lists in {@code stats settings}. */
    private static final int MAX_LINE_BYTES = 16 * 1_024;

    private final String node;
    private final Supplier<CompletionStage<AdminChannel>> connect;
    private final Duration answerTimeout;
    private final Ticker ticker;

    /**
     * Creates one for a node.
     *
     * @param connect opens and greets a connection
     */
    NettyNodeAdmin(
            String node, Supplier<CompletionStage<AdminChannel>> connect, Duration answerTimeout, Ticker ticker) {
        this.node = node;
        this.connect = connect;
        this.answerTimeout = answerTimeout;
        this.ticker = ticker;
    }

    @Override
    public CompletionStage<Void> ping() {
        return connect.get().thenAccept(AdminChannel::close);
    }

    @Override
    public CompletionStage<String> version() {
        return connect.get().thenApply(channel -> {
            channel.close();
            return channel.capabilities().version();
        });
    }

    @Override
    public CompletionStage<Map<String, String>> statistics(String... arguments) {
        String line = NodeAdmin.statisticsLine(arguments);
        return connect.get().thenCompose(channel -> {
            CompletableFuture<Map<String, String>> answer = new CompletableFuture<>();
            channel.ask(
                    new LineBasedFrameDecoder(MAX_LINE_BYTES, true, true), new StatisticsQuestion(node, line, answer));
            channel.channel()
                    .eventLoop()
                    .schedule(
                            () -> answer.completeExceptionally(unanswered(line)),
                            answerTimeout.toNanos(),
                            TimeUnit.NANOSECONDS);
            return answer.whenComplete((values, failure) -> channel.close());
        });
    }

    @Override
    public Flow.Publisher<ItemMetadata> items(ItemScope scope) {
        return subscriber -> ItemWalk.begin(node, scope, subscriber, connect, ticker);
    }

    private NodeUnavailable unanswered(String line) {
        return new NodeUnavailable(
                Reason.NOT_RESPONDING,
                node + " did not answer '" + line + "' within " + answerTimeout.toMillis() + " ms",
                null);
    }

    @Override
    public String toString() {
        return "Admin(" + node + ")";
    }
}
