package io.evcache.client;

import io.evcache.client.near.NearCache;
import io.evcache.client.pipeline.ReadResult;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The future of one value that is kept near when it comes. A class of its own, since the future of a cache without near cache is as small as can be.
 *
 * @param <V> the type of the value
 */
final class AsyncNearRead<V> extends AsyncRead<V> {
    private final Calls<V> calls;
    private final Nearby<V> nearby;
    private final NearCache.Load load;
    private final String name;

    AsyncNearRead(Calls<V> calls, Executor callbacks, Nearby<V> nearby, String name) {
        super(calls, callbacks);
        this.calls = calls;
        this.nearby = nearby;
        this.load = nearby.load();
        this.name = name;
    }

    @Override
    @Nullable
    V value(ReadResult read) {
        return calls.arrived(nearby, load, name, read);
    }
}
