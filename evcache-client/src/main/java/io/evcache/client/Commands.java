package io.evcache.client;

import static java.util.Objects.requireNonNull;

import io.evcache.client.flight.SingleFlight;
import io.evcache.client.pipeline.ReadResult;
import io.evcache.core.command.Arithmetic;
import io.evcache.core.command.Arithmetic.Direction;
import io.evcache.core.command.Delete;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Store;
import io.evcache.core.command.Touch;
import io.evcache.core.error.CodecFailure;
import io.evcache.core.key.Key;
import io.evcache.core.key.KeyScheme;
import io.evcache.core.value.Codec;
import io.evcache.core.value.EncodedValue;
import io.evcache.core.value.KnownAbsent;
import io.evcache.core.value.Ttl;
import io.evcache.core.value.ValueFlags;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * From the user's key, value and time to live to a command, and from what memcached holds back to the value. All bad input is refused here, on the calling thread, before any I/O.
 *
 * <p>A store or a delete that is made here outdates the loads of its key that are going on; it is to be sent after that, so that of a load that ends meanwhile nothing stays.
 */
final class Commands<V> {
    private static final Store.Terms REPLACE = new Store.Terms(Store.Mode.REPLACE, 0, 0);
    private static final Store.Terms APPEND = new Store.Terms(Store.Mode.APPEND, 0, 0);
    private static final Store.Terms PREPEND = new Store.Terms(Store.Mode.PREPEND, 0, 0);

    private final String cache;
    private final KeyScheme keys;
    private final boolean isDigestingLongKeys;
    private final boolean isPlainKeys;
    private final Codec<V> codec;
    private final int maxValueBytes;
    private final Ttl ttl;
    private final Lives lives;
    private final SingleFlight<Key, V> loads = new SingleFlight<>();

    Commands(String cache, CacheOptions<V> options, int maxValueBytes) {
        KeyScheme namespaced = KeyScheme.namespaced(cache); // also checks the name
        this.isPlainKeys = options.isPlainKeys();
        KeyScheme scheme = isPlainKeys ? KeyScheme.plain() : namespaced;
        this.cache = cache;
        this.isDigestingLongKeys = options.isDigestingLongKeys();
        this.keys = isDigestingLongKeys ? scheme.digestingLongKeys() : scheme;
        this.codec = options.codec();
        this.maxValueBytes = maxValueBytes;
        this.ttl = options.ttl();
        this.lives = new Lives(ttl, options.ttlJitter());
    }

    Key key(String key) {
        return keys.key(requireNonNull(key, "key"));
    }

    /** Returns whether the key tells the name; a digest does not. */
    boolean isKeyByName(String name) {
        return !isDigestingLongKeys
                || new String(key(name).bytes(), StandardCharsets.UTF_8)
                        .equals(isPlainKeys ? name : cache + ':' + name);
    }

    /** Returns the loads of {@link EvCache#getOrLoad} that are going on. */
    SingleFlight<Key, V> loads() {
        return loads;
    }

    /** Returns the cache's own time to live. */
    Ttl ttl() {
        return ttl;
    }

    Ttl shortestTtl() {
        return lives.shortest();
    }

    Ttl jittered(Key key, Ttl life) {
        return lives.jittered(key, life);
    }

    Store set(String key, V value, @Nullable Duration life) {
        return store(key, value, life, Store.Terms.SET);
    }

    Store add(String key, V value, @Nullable Duration life) {
        return store(key, value, life, Store.Terms.ADD);
    }

    Store replace(String key, V value, @Nullable Duration life) {
        return store(key, value, life, REPLACE);
    }

    Store compareAndSet(String key, V value, @Nullable Duration life, CasToken token) {
        return store(key, value, life, new Store.Terms(Store.Mode.SET, token.value(), 0));
    }

    Store append(String key, V value) {
        return extension(key, value, APPEND);
    }

    Store prepend(String key, V value) {
        return extension(key, value, PREPEND);
    }

    /** Returns the add of what this would append. */
    Store addOf(Store append, @Nullable Duration life) {
        return Store.add(append.key(), append.value(), lives.of(append.key(), life));
    }

    Delete delete(String key) {
        Key wireKey = key(key);
        loads.outdate(wireKey);
        return Delete.of(wireKey);
    }

    Touch touch(String key, Duration life) {
        Key wireKey = key(key);
        return new Touch(wireKey, lives.of(wireKey, requireNonNull(life, "ttl")));
    }

    Arithmetic count(String key, Direction direction, long delta, OptionalLong initial, @Nullable Duration life) {
        Key wireKey = key(key);
        return new Arithmetic(wireKey, direction, delta, initial, lives.of(wireKey, life));
    }

    private Store store(String key, V value, @Nullable Duration life, Store.Terms terms) {
        Key wireKey = key(key);
        EncodedValue encoded = encode(wireKey, value);
        loads.outdate(wireKey);
        return new Store(wireKey, encoded, lives.of(wireKey, life), terms);
    }

    private Store extension(String key, V value, Store.Terms terms) {
        Key wireKey = key(key);
        EncodedValue encoded = encode(wireKey, value);
        if ((encoded.flags() & (ValueFlags.COMPRESSED | ValueFlags.SERIALIZED)) != 0) {
            throw new IllegalArgumentException("the value for " + wireKey + " is encoded as "
                    + ValueFlags.describe(encoded.flags()) + ", which cannot be joined to another");
        }
        loads.outdate(wireKey);
        return new Store(wireKey, encoded, Ttl.none(), terms);
    }

    EncodedValue encode(Key key, V value) {
        requireNonNull(value, "value");
        EncodedValue encoded;
        try {
            encoded = requireNonNull(codec.encode(value), "encoded value");
        } catch (CodecFailure e) {
            throw e;
        } catch (Throwable e) { // a stranger's code, which may throw what it does not declare
            throw new CodecFailure("codec " + codec + " could not encode the value of " + key + ": " + e, e);
        }
        return withinLimit(key, encoded);
    }

    EncodedValue withinLimit(Key key, EncodedValue encoded) {
        if (encoded.length() > maxValueBytes) {
            throw new IllegalArgumentException("value of " + encoded.length() + " bytes for " + key
                    + " is over the limit of " + maxValueBytes + " bytes (maxValueBytes)");
        }
        return encoded;
    }

    /** Returns the value of a hit, or null on a miss and where the cache knows that there is none. Throws what the codec threw, as a {@link CodecFailure}. */
    @Nullable
    V valueOf(ReadResult result) {
        return valueOf(result.lookup());
    }

    /** Returns the value of a hit, as {@link #valueOf(ReadResult)}. */
    @Nullable
    V valueOf(Lookup lookup) {
        return lookup instanceof Lookup.Hit hit ? valueOf(hit.value()) : null;
    }

    /** Returns what the application sees of a value that was found, as {@link #valueOf(ReadResult)}. */
    @Nullable
    V valueOf(EncodedValue found) {
        return KnownAbsent.is(found) ? null : decode(found);
    }

    V decode(EncodedValue value) {
        try {
            return requireNonNull(codec.decode(value), "decoded value");
        } catch (CodecFailure e) {
            throw e;
        } catch (Throwable e) { // a stranger's code; what leaves here would leave a future open for ever
            throw new CodecFailure("codec " + codec + " could not decode " + value + ": " + e, e);
        }
    }

    @Override
    public String toString() {
        return "Commands(" + cache + ", " + codec + ")";
    }
}
