package io.evcache.core.transport;

import io.evcache.core.error.EvCacheException;
import java.util.concurrent.Flow;

/** The stream of a transport that cannot list items: fails at once, on the subscriber's thread. */
public final class RefusedItems implements Flow.Publisher<ItemMetadata> {
    private static final Flow.Subscription NOTHING = new Flow.Subscription() {
        @Override
        public void request(long count) {}

        @Override
        public void cancel() {}
    };

    private final EvCacheException why;

    private RefusedItems(EvCacheException why) {
        this.why = why;
    }

    /** Returns the stream that fails with this. */
    public static Flow.Publisher<ItemMetadata> because(EvCacheException why) {
        return new RefusedItems(why);
    }

    @Override
    public void subscribe(Flow.Subscriber<? super ItemMetadata> subscriber) {
        subscriber.onSubscribe(NOTHING);
        subscriber.onError(why);
    }
}
