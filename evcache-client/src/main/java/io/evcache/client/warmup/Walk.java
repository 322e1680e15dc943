package io.evcache.client.warmup;

import io.evcache.core.error.EvCacheException;
import io.evcache.core.error.NodeUnavailable;
import io.evcache.core.node.NodeRoute;
import io.evcache.core.transport.ItemMetadata;
import java.util.Queue;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** What one node of the source holds, as it comes, never more of it ahead than a window. The node lists on while items are copied, whatever the other nodes do. */
final class Walk implements Flow.Subscriber<ItemMetadata> {
    static final int WINDOW = 512;

    /** An item that a node named. */
    record Listed(Walk walk, ItemMetadata item) {}

    private final NodeRoute node;
    private final Queue<Listed> listed;
    private Flow.@Nullable Subscription subscription; // guarded by this
    private boolean cancelled; // guarded by this
    private volatile @Nullable EvCacheException failure;
    private volatile boolean ended;

    /** Since items were last asked for. Confined to the warm-up's thread. */
    private int taken;

    Walk(NodeRoute node, Queue<Listed> listed) {
        this.node = node;
        this.listed = listed;
    }

    NodeRoute node() {
        return node;
    }

    /** Returns whether nothing is added to the queue any more. */
    boolean isEnded() {
        return ended;
    }

    @Nullable
    EvCacheException failure() {
        return failure;
    }

    /** An item was taken from the queue. */
    void take() {
        if (++taken == WINDOW / 2) {
            taken = 0;
            Flow.Subscription from = subscription();
            if (from != null) {
                from.request(WINDOW / 2);
            }
        }
    }

    private synchronized Flow.@Nullable Subscription subscription() {
        return subscription;
    }

    void cancel() {
        Flow.Subscription from;
        synchronized (this) {
            cancelled = true;
            from = subscription;
        }
        if (from != null) {
            from.cancel();
        }
    }

    @Override
    public void onSubscribe(Flow.Subscription from) {
        boolean unwanted;
        synchronized (this) {
            subscription = from;
            unwanted = cancelled;
        }
        if (unwanted) {
            from.cancel();
        } else {
            from.request(WINDOW);
        }
    }

    @Override
    public void onNext(ItemMetadata item) {
        listed.add(new Listed(this, item));
    }

    @Override
    public void onError(Throwable why) {
        failure = why instanceof EvCacheException known
                ? known
                : new NodeUnavailable(
                        NodeUnavailable.Reason.CONNECTION_LOST, "node " + node.address() + " cannot be listed", why);
        ended = true;
    }

    @Override
    public void onComplete() {
        ended = true;
    }
}
