package io.evcache.client;

import io.evcache.client.pipeline.Fallback;
import io.evcache.client.pipeline.ReadPolicy;
import io.evcache.client.pipeline.ReadResult;
import io.evcache.client.pipeline.WriteLatch;
import io.evcache.client.pipeline.WritePolicy;
import io.evcache.client.pipeline.ZoneTokens;
import io.evcache.core.command.Delete;
import io.evcache.core.command.Get;
import io.evcache.core.command.Pending;
import io.evcache.core.command.Store;
import io.evcache.core.error.CodecFailure;
import io.evcache.core.key.Key;
import io.evcache.core.time.Deadline;
import io.evcache.core.value.EncodedValue;
import io.evcache.core.value.Ttl;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * The items behind an {@link EvCache}, for what is built on caches: values as they travel, remaining life, leases and tokens zone by zone. Applications have no need of it.
 *
 * <p>Everything passes the client's interceptors and observers. Nothing blocks; results arrive on event loops, where no code of users may run: go on at {@link #callbacks()}. Thread-safe.
 *
 * @param <V> the type of the cache's values
 */
public final class CacheItems<V> {
    private final Calls<V> calls;
    private final Callbacks callbacks;
    private final Supplier<List<String>> withoutLeases;

    CacheItems(Calls<V> calls, Callbacks callbacks, Supplier<List<String>> withoutLeases) {
        this.calls = calls;
        this.callbacks = callbacks;
        this.withoutLeases = withoutLeases;
    }

    /** Returns the name of the cache. */
    public String name() {
        return calls.name();
    }

    /**
     * Returns the key as it is in memcached.
     *
     * @throws io.evcache.core.error.IllegalKeyException if memcached cannot hold it
     */
    public Key key(String key) {
        return calls.key(key);
    }

    /** Returns the cache's own time to live. */
    public Ttl ttl() {
        return calls.commands().ttl();
    }

    /** Returns the shortest life that the cache's jitter leaves of its time to live. */
    public Ttl shortestTtl() {
        return calls.commands().shortestTtl();
    }

    /** Returns this time to live as the item gets it: shortened by the cache's jitter, by how much follows from the key. */
    public Ttl jittered(Key key, Ttl ttl) {
        return calls.commands().jittered(key, ttl);
    }

    /** Returns the deadline that a read which begins now has. */
    public Deadline readDeadline() {
        return calls.readDeadline();
    }

    /** Returns a deadline on the clock of the client. */
    public Deadline in(Duration timeout) {
        return calls.in(timeout);
    }

    /** Returns how many keys of one bulk read are asked at once. */
    public int bulkWindow() {
        return calls.bulkWindow();
    }

    /** Reads as the cache's read policy says. */
    public Pending<ReadResult> read(Key key, Get.Wants wants, Deadline deadline) {
        return calls.read(new Get(key, wants), calls.readPolicy(), deadline);
    }

    /** Reads from the first zone that answers, in the order of the cache's read policy; a miss there is a miss, and nothing is filled from other zones. */
    public Pending<ReadResult> readNearest(Key key, Get.Wants wants, Deadline deadline) {
        return calls.read(new Get(key, wants), nearest(), deadline);
    }

    /** Reads from this zone and no other. */
    public Pending<ReadResult> readFrom(String zone, Key key, Get.Wants wants, Deadline deadline) {
        return calls.read(new Get(key, wants), ReadPolicy.inOrder(List.of(zone)), deadline);
    }

    /** Asks every zone, write-only ones included, within the time of a read. Each answer is the {@link io.evcache.core.command.Lookup} in a zone's {@link io.evcache.client.pipeline.ZoneOutcome}. */
    public WriteLatch askEveryZone(Key key, Get.Wants wants) {
        return calls.write(new Get(key, wants), WritePolicy.ALL, readDeadline(), null);
    }

    /** Returns whether the zone of this name is in normal service now: neither being filled nor draining. */
    public boolean isInService(String zone) {
        return calls.isInService(zone);
    }

    /**
     * Stores the value in every zone.
     *
     * @throws IllegalArgumentException if it is over the limit
     */
    public WriteLatch set(Key key, EncodedValue value, Ttl ttl) {
        return calls.write(
                Store.set(key, calls.commands().withinLimit(key, value), ttl),
                calls.writePolicy(),
                writeDeadline(),
                null);
    }

    /**
     * Stores the value in those zones where the item still has the given token.
     *
     * @throws IllegalArgumentException if it is over the limit
     */
    public WriteLatch setWhere(Key key, EncodedValue value, Ttl ttl, ZoneTokens tokens) {
        Store store =
                new Store(key, calls.commands().withinLimit(key, value), ttl, Store.Mode.SET, ZoneTokens.UNSET, 0);
        return calls.write(store, calls.writePolicy(), writeDeadline(), tokens);
    }

    /** Removes the item from every zone; the policy is met if it is certainly gone everywhere. */
    public WriteLatch delete(Key key) {
        return calls.write(Delete.of(key), WritePolicy.ALL, writeDeadline(), null);
    }

    /** Removes the item from these zones and no others, which count as {@link io.evcache.client.pipeline.ZoneOutcome.Status#REFUSED}. */
    public WriteLatch deleteIn(Key key, List<String> zones) {
        return calls.write(Delete.of(key), WritePolicy.ALL, writeDeadline(), ZoneTokens.withoutCondition(zones));
    }

    /** Removes the item from those zones where it still has the given token. */
    public WriteLatch deleteWhere(Key key, ZoneTokens tokens) {
        return calls.write(new Delete(key, ZoneTokens.UNSET, 0), WritePolicy.ALL, writeDeadline(), tokens);
    }

    /**
     * Has every zone keep the item for so long, marked stale.
     *
     * @param seconds at least 1
     */
    public WriteLatch markStale(Key key, int seconds) {
        return calls.write(new Delete(key, 0, seconds), WritePolicy.ALL, writeDeadline(), null);
    }

    /**
     * Encodes a value with the cache's codec.
     *
     * @throws CodecFailure if the codec cannot
     */
    public EncodedValue encode(Key key, V value) {
        return calls.commands().encode(key, value);
    }

    /**
     * Decodes a value with the cache's codec.
     *
     * @throws CodecFailure if the codec cannot
     */
    public V decode(EncodedValue value) {
        return calls.commands().decode(value);
    }

    /** Returns where code of users runs that must not hold up an event loop: the client's callback executor. Never refuses a task. */
    public Executor callbacks() {
        return callbacks;
    }

    /** Returns who cannot lease items or mark them stale: the transport, if it never can; otherwise the nodes that are connected and cannot, each with its version. */
    public List<String> withoutLeases() {
        return withoutLeases.get();
    }

    private ReadPolicy nearest() {
        Fallback given = calls.readPolicy().fallback();
        return calls.readPolicy()
                .withFallback(new Fallback(given.onError(), false, given.furtherZones(), given.shareOfDeadline()))
                .withoutBackfill();
    }

    private Deadline writeDeadline() {
        return calls.in(calls.writeTimeout());
    }

    /** The name of the cache and its options. */
    @Override
    public String toString() {
        return calls.toString();
    }
}
