package io.evcache.core.zone;

import io.evcache.core.command.Command;
import io.evcache.core.command.Get;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Pending;
import io.evcache.core.command.Reply;
import io.evcache.core.command.Route;
import io.evcache.core.command.Store;
import io.evcache.core.command.StoreReply;
import io.evcache.core.command.Touch;
import io.evcache.core.command.TouchReply;
import io.evcache.core.error.CodecFailure;
import io.evcache.core.time.Deadline;
import java.util.Optional;

/**
 * Stores values that are too large for one item in several, and puts them together again; everything else passes through.
 *
 * <p>Promises: a reader gets one whole value that somebody wrote, or a miss, and never parts of two, since chunks of different writes have different keys
 * and the {@linkplain Manifest manifest} has a checksum of the whole. Conditions (add, replace, compare-and-store) hold for the manifest, which is stored last. One lost chunk
 * loses the value. Delete removes the manifest and leaves the chunks to their time to live. Append and prepend to a large value are refused.
 *
 * <p>Cost: values of up to {@code chunkBytes} cost nothing extra to set, delete or get. A larger one takes two rounds. Touch, append and prepend read the value
 * first, whatever its size. Nothing blocks; the later steps are sent by the thread that delivers the answers of the earlier ones, within the deadline of the call.
 *
 * <p>Unlike commands on small values, those on large ones do not keep their order: a store ends with the manifest, several round trips after it began. A delete that is sent before a
 * store has <em>settled</em> in every zone can be overtaken in the slowest one, where the value is then found until it expires or is written again. Whoever deletes right after storing waits
 * for {@code WriteLatch.settled()} first.
 */
final class BigValueRoute implements Route {

    private final Route route;
    private final BigValues limits;
    private final Generations generations = new Generations();

    BigValueRoute(Route route, BigValues limits) {
        this.route = route;
        this.limits = limits;
    }

    @Override
    @SuppressWarnings("unchecked") // each command has the one reply type that its record declares
    public <R extends Reply> Pending<R> send(Command<R> command, Deadline deadline) {
        if (command instanceof Get get) {
            return (Pending<R>) get(get, deadline);
        }
        if (command instanceof Store store) {
            return (Pending<R>) store(store, deadline);
        }
        if (command instanceof Touch touch) {
            return (Pending<R>) touch(touch, deadline);
        }
        return route.send(command, deadline);
    }

    private Pending<Lookup> get(Get get, Deadline deadline) {
        BigGet call = new BigGet(route, get, deadline, limits.maxTotalBytes());
        call.send();
        return call;
    }

    private Pending<StoreReply> store(Store store, Deadline deadline) {
        int length = store.value().length();
        if (Manifest.is(store.value().flags())) {
            return Pending.failed(
                    refused(store, "carries the mark of a manifest; it was read where large values are not enabled"));
        }
        if (store.mode().extend()) {
            Extend call = new Extend(route, store, deadline);
            call.send();
            return call;
        }
        if (length <= limits.chunkBytes()) {
            return route.send(store, deadline);
        }
        if (length > limits.maxTotalBytes()) {
            return Pending.failed(refused(store, "is over maxTotalBytes = " + limits.maxTotalBytes()));
        }
        Manifest manifest = Manifest.of(store.value(), limits.chunkBytes(), generations.next());
        BigStore call = new BigStore(route, store, deadline, manifest);
        call.send();
        return call;
    }

    private Pending<TouchReply> touch(Touch touch, Deadline deadline) {
        LookFirst<Touch, TouchReply> call = new LookFirst<>(route, touch, deadline) {
            @Override
            void large(Optional<Manifest> manifest) {
                if (manifest.isPresent()) {
                    new BigTouch(route, this, manifest.get()).send();
                } else {
                    complete(TouchReply.NOT_FOUND);
                }
            }
        };
        call.send();
        return call;
    }

    private static CodecFailure refused(Store store, String why) {
        return new CodecFailure("value of " + store.value().length() + " bytes for " + store.key() + " " + why);
    }

    /** Append or prepend. One that overtakes the look, and hits a manifest after all, damages it, which reads as a miss. */
    private static final class Extend extends LookFirst<Store, StoreReply> {

        Extend(Route route, Store command, Deadline deadline) {
            super(route, command, deadline);
        }

        @Override
        void large(Optional<Manifest> manifest) {
            fail(new CodecFailure(command.verb() + " to " + command.key()
                    + " is not possible: the value there is stored in chunks; set it as a whole"));
        }
    }

    @Override
    public String toString() {
        return "BigValues(" + limits.chunkBytes() + " bytes, " + route + ")";
    }
}
