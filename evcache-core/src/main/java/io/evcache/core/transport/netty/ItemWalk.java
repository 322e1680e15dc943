package io.evcache.core.transport.netty;

import io.evcache.core.error.NodeUnavailable;
import io.evcache.core.error.NodeUnavailable.Reason;
import io.evcache.core.time.Ticker;
import io.evcache.core.transport.ItemMetadata;
import io.evcache.core.transport.ItemScope;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One subscription to the items of a server: the demand of the subscriber, and what it is told. The connection is opened by the first demand and read only as far as demand goes.
 *
 * <p>{@code request} and {@code cancel} may come from any thread, from within {@code onNext} too. Guarded by this; signals go out without the lock, one at a time, from the event loop.
 */
final class ItemWalk implements Flow.Subscription {
    private static final Logger LOG = LoggerFactory.getLogger(ItemWalk.class);

    private final String node;
    private final ItemScope scope;
    private final Flow.Subscriber<? super ItemMetadata> subscriber;
    private final Supplier<CompletionStage<AdminChannel>> connect;
    private final Ticker ticker;

    private long demand;
    private boolean connecting;
    private boolean ended;

    /** Set once the connection is there. */
    private @Nullable ItemReader reader;

    private ItemWalk(
            String node,
            ItemScope scope,
            Flow.Subscriber<? super ItemMetadata> subscriber,
            Supplier<CompletionStage<AdminChannel>> connect,
            Ticker ticker) {
        this.node = node;
        this.scope = scope;
        this.subscriber = subscriber;
        this.connect = connect;
        this.ticker = ticker;
    }

    static void begin(
            String node,
            ItemScope scope,
            Flow.Subscriber<? super ItemMetadata> subscriber,
            Supplier<CompletionStage<AdminChannel>> connect,
            Ticker ticker) {
        subscriber.onSubscribe(new ItemWalk(node, scope, subscriber, connect, ticker));
    }

    @Override
    public void request(long count) {
        if (count <= 0) {
            failed(new IllegalArgumentException("request of " + count + " items; it must be more than none"));
            return;
        }
        ItemReader now;
        boolean first;
        synchronized (this) {
            demand = demand + count < 0 ? Long.MAX_VALUE : demand + count;
            first = !connecting && !ended;
            connecting |= first;
            now = reader;
        }
        if (first) {
            connect.get().whenComplete(this::connected);
        } else if (now != null) {
            now.resume();
        }
    }

    @Override
    public void cancel() {
        ItemReader now = end();
        if (now != null) {
            now.close();
        }
    }

    private void connected(@Nullable AdminChannel channel, @Nullable Throwable failure) {
        if (channel == null) {
            failed(
                    failure instanceof CompletionException wrapped && wrapped.getCause() != null
                            ? wrapped.getCause()
                            : failure == null ? closed() : failure);
            return;
        }
        ItemReader opened = new ItemReader(node, "lru_crawler metadump " + scope.word(), this, ticker);
        boolean gone;
        synchronized (this) {
            gone = ended;
            reader = opened;
        }
        if (gone) {
            channel.close();
        } else {
            channel.ask(opened);
        }
    }

    private NodeUnavailable closed() {
        return new NodeUnavailable(Reason.NOT_CONNECTED, node + " cannot be reached", null);
    }

    /** Returns whether the subscriber wants another item. */
    synchronized boolean isWanted() {
        return demand > 0 && !ended;
    }

    synchronized boolean hasEnded() {
        return ended;
    }

    /** Hands an item to the subscriber. On the event loop, after {@link #isWanted}. */
    void next(ItemMetadata item) {
        synchronized (this) {
            if (ended) {
                return;
            }
            demand = demand == Long.MAX_VALUE ? demand : demand - 1;
        }
        try {
            subscriber.onNext(item);
        } catch (RuntimeException | Error e) {
            LOG.warn("[{}] the subscriber to its items failed and is cancelled", node, e);
            cancel();
        }
    }

    /** All items were handed over. */
    void completed() {
        if (endsNow()) {
            subscriber.onComplete();
        }
    }

    void failed(Throwable why) {
        ItemReader now;
        synchronized (this) {
            now = reader;
        }
        boolean first = endsNow();
        if (now != null) {
            now.close(); // before the subscriber, who may throw
        }
        if (first) {
            subscriber.onError(why);
        }
    }

    private synchronized boolean endsNow() {
        boolean first = !ended;
        ended = true;
        return first;
    }

    private synchronized @Nullable ItemReader end() {
        ended = true;
        return reader;
    }
}
