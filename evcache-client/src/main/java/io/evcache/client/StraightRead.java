package io.evcache.client;

import io.evcache.client.pipeline.ReadPolicy;
import io.evcache.client.pipeline.ReadResult;
import io.evcache.client.zones.ZoneOrder;
import io.evcache.core.command.Get;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Pending;
import io.evcache.core.command.Receiver;
import io.evcache.core.error.CodecFailure;
import io.evcache.core.key.Key;
import io.evcache.core.time.Deadline;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The future of one value, the receiver of the first zone's answer and the task that decodes it: one object, as there are many of them. A read that nobody wants to see on its way and that hits needs no other of the client;
 * one that does not hit goes on as any read.
 *
 * @param <V> the type of the value
 */
final class StraightRead<V> extends CompletableFuture<@Nullable V> implements Receiver<Lookup>, Runnable {
    private final AsyncEvCache<V> cache;
    private final ZoneOrder zones;
    private final ReadPolicy policy;
    private final Deadline deadline;

    /** First the question, a {@link Get}; then the answer, a {@link Lookup}, or null if there is none; nothing in the end. Each is written before it is handed to another thread. */
    private @Nullable Object at;

    StraightRead(AsyncEvCache<V> cache, ZoneOrder zones, CallTerms terms, Key key) {
        this.cache = cache;
        this.zones = zones;
        this.policy = terms.readPolicy();
        this.deadline = terms.readDeadline();
        this.at = new Get(key, Get.Wants.PLAIN);
    }

    StraightRead<V> send() {
        if (at instanceof Get command) {
            zones.askFirst(command, policy, deadline).receive(this);
        }
        return this;
    }

    @Override
    public void settled(Pending<? extends Lookup> first) {
        if (first.value() instanceof Lookup.Hit hit) {
            answer(hit);
        } else if (at instanceof Get command) {
            cache.calls().goOn(zones, command, policy, deadline, first).receive(rest -> answer(lookup(rest.value())));
        }
    }

    private static @Nullable Lookup lookup(@Nullable ReadResult result) {
        return result == null ? null : result.lookup();
    }

    private void answer(@Nullable Lookup lookup) {
        at = lookup;
        cache.callbacks().execute(this);
    }

    @Override
    public void run() {
        Object answer = at;
        at = null; // a future that is kept does not keep the read
        complete(answer instanceof Lookup lookup ? valueOrNull(lookup) : null);
    }

    private @Nullable V valueOrNull(Lookup lookup) {
        try {
            return cache.calls().commands().valueOf(lookup);
        } catch (CodecFailure e) {
            return null;
        }
    }
}
