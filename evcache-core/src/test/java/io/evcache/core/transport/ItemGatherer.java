package io.evcache.core.transport;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Keeps what it is told; the test sets the pace. */
public final class ItemGatherer implements Flow.Subscriber<ItemMetadata> {
    private final List<ItemMetadata> items = new ArrayList<>();
    private final CompletableFuture<List<ItemMetadata>> end = new CompletableFuture<>();
    private final long atOnce;
    private Flow.@Nullable Subscription subscription;

    private ItemGatherer(long atOnce) {
        this.atOnce = atOnce;
    }

    /** Asks for so many, and for one more with each that comes. */
    public static ItemGatherer of(Flow.Publisher<ItemMetadata> items, long atOnce) {
        ItemGatherer gatherer = new ItemGatherer(atOnce);
        items.subscribe(gatherer);
        return gatherer;
    }

    /** Asks for what the test asks for only. */
    public static ItemGatherer waiting(Flow.Publisher<ItemMetadata> items) {
        return of(items, 0);
    }

    public Flow.Subscription subscription() {
        return requireNonNull(subscription);
    }

    /** A copy of what came so far. */
    public synchronized List<ItemMetadata> items() {
        return List.copyOf(items);
    }

    /** What came by the end; fails if the walk did. */
    public List<ItemMetadata> all() throws Exception {
        return end.get(20, TimeUnit.SECONDS);
    }

    public CompletableFuture<List<ItemMetadata>> end() {
        return end;
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        subscription = given;
        if (atOnce > 0) {
            given.request(atOnce);
        }
    }

    @Override
    public void onNext(ItemMetadata item) {
        synchronized (this) {
            items.add(item);
        }
        if (atOnce > 0) {
            subscription().request(1);
        }
    }

    @Override
    public void onError(Throwable failure) {
        end.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
        end.complete(items());
    }
}
