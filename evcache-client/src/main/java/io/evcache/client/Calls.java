package io.evcache.client;

import static java.util.Objects.requireNonNull;

import io.evcache.client.GetResult.Status;
import io.evcache.client.flight.SingleFlight;
import io.evcache.client.pipeline.Next;
import io.evcache.client.pipeline.Read;
import io.evcache.client.pipeline.ReadPolicy;
import io.evcache.client.pipeline.ReadResult;
import io.evcache.client.pipeline.Write;
import io.evcache.client.pipeline.WriteLatch;
import io.evcache.client.pipeline.WritePolicy;
import io.evcache.client.pipeline.ZoneTokens;
import io.evcache.client.zones.Zones;
import io.evcache.core.command.Command;
import io.evcache.core.command.Delete;
import io.evcache.core.command.Get;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Pending;
import io.evcache.core.command.Store;
import io.evcache.core.command.Touch;
import io.evcache.core.error.CodecFailure;
import io.evcache.core.key.Key;
import io.evcache.core.key.KeyScheme;
import io.evcache.core.time.Deadline;
import io.evcache.core.time.Ticker;
import io.evcache.core.time.Timeout;
import io.evcache.core.value.Codec;
import io.evcache.core.value.EncodedValue;
import io.evcache.core.value.KnownAbsent;
import io.evcache.core.value.Ttl;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What the sync and the async face of one cache have in common: from the user's key and value to a read or a write, and from its result to the user's value. All bad input is refused here, on the
 * calling thread, before any I/O.
 */
final class Calls<V> {
    private final String cache;
    private final CacheOptions<V> options;
    private final KeyScheme keys;
    private final Codec<V> codec;
    private final int maxValueBytes;
    private final int bulkWindow;
    private final Timeout reads;
    private final Duration writeTimeout;
    private final Timeout writes;
    private final Next pipeline;
    private final Ticker ticker;
    private final SingleFlight<Key, V> loads;

    /** What was converted last: most callers give the same duration each time. A race converts twice. */
    private volatile @Nullable Life last;

    private record Life(Duration given, Ttl ttl) {}

    Calls(String cache, CacheOptions<V> options, EvCacheConfig config, Next pipeline, Ticker ticker) {
        KeyScheme namespaced = KeyScheme.namespaced(cache);
        this.cache = cache;
        this.options = options;
        this.keys = options.isDigestingLongKeys() ? namespaced.digestingLongKeys() : namespaced;
        this.codec = options.codec();
        this.maxValueBytes = config.maxValueBytes();
        this.bulkWindow = Math.max(1, config.transport().maxInFlight() / 2);
        this.reads = Timeout.ofNanos(config.readTimeout().toNanos(), ticker);
        this.writeTimeout = config.writeTimeout();
        this.writes = Timeout.ofNanos(config.writeTimeout().toNanos(), ticker);
        this.pipeline = pipeline;
        this.ticker = ticker;
        this.loads = new SingleFlight<>();
    }

    private Calls(Calls<V> from, ReadPolicy readPolicy) {
        this.cache = from.cache;
        this.options = from.options.readPolicy(readPolicy);
        this.keys = from.keys;
        this.codec = from.codec;
        this.maxValueBytes = from.maxValueBytes;
        this.bulkWindow = from.bulkWindow;
        this.reads = from.reads;
        this.writeTimeout = from.writeTimeout;
        this.writes = from.writes;
        this.pipeline = from.pipeline;
        this.ticker = from.ticker;
        this.loads = from.loads;
    }

    /** Returns the same with another read policy. */
    Calls<V> reading(ReadPolicy policy) {
        return new Calls<>(this, policy);
    }

    Deadline readDeadline() {
        return reads.start();
    }

    Deadline in(Duration timeout) {
        return Deadline.after(timeout, ticker);
    }

    Duration writeTimeout() {
        return writeTimeout;
    }

    Ttl ttl() {
        return options.ttl();
    }

    ReadPolicy readPolicy() {
        return options.readPolicy();
    }

    WritePolicy writePolicy() {
        return options.writePolicy();
    }

    Key key(String key) {
        return keys.key(requireNonNull(key, "key"));
    }

    /** Returns how many keys of one bulk read are asked at once: half of what a connection takes, should all be of one node, so that it leaves room for others. */
    int bulkWindow() {
        return bulkWindow;
    }

    Pending<ReadResult> read(Key key, Deadline deadline) {
        return read(new Get(key, Get.Wants.PLAIN), options.readPolicy(), deadline);
    }

    Pending<ReadResult> read(Get command, ReadPolicy policy, Deadline deadline) {
        return pipeline.read(new Read(cache, command, policy, deadline));
    }

    WriteLatch set(String key, V value, @Nullable Duration ttl, @Nullable WritePolicy policy) {
        Key wireKey = key(key);
        loads.outdate(wireKey);
        return write(Store.set(wireKey, encode(wireKey, value), ttl(wireKey, ttl)), policy);
    }

    WriteLatch add(String key, V value, @Nullable Duration ttl) {
        Key wireKey = key(key);
        return write(Store.add(wireKey, encode(wireKey, value), ttl(wireKey, ttl)), null);
    }

    WriteLatch delete(String key) {
        Key wireKey = key(key);
        loads.outdate(wireKey);
        return remove(wireKey);
    }

    WriteLatch remove(Key key) {
        return write(Delete.of(key), null);
    }

    /** Returns the loads of {@link EvCache#getOrLoad} that are going on. A set or a delete says that they are outdated, and after that is sent; so of a load that ends meanwhile nothing stays. */
    SingleFlight<Key, V> loads() {
        return loads;
    }

    WriteLatch touch(String key, Duration ttl) {
        Key wireKey = key(key);
        return write(new Touch(wireKey, ttl(wireKey, requireNonNull(ttl, "ttl"))), null);
    }

    /** Returns the value of a hit, or null on a miss and where the cache knows that there is none. Throws what the codec threw, as a {@link CodecFailure}. */
    @Nullable
    V valueOf(ReadResult result) {
        if (!(result.lookup() instanceof Lookup.Hit hit)) {
            return null;
        }
        EncodedValue value = hit.value();
        return KnownAbsent.is(value) ? null : decode(value);
    }

    /** Returns the truth about a settled read. */
    GetResult<V> resultOf(Pending<ReadResult> read) {
        ReadResult result = read.value();
        if (result == null) {
            return GetResult.failed(null, attempts(read), requireNonNull(read.failure(), "read must have settled"));
        }
        try {
            V value = valueOf(result);
            Status status = value != null
                    ? Status.HIT
                    : result.lookup() instanceof Lookup.Hit ? Status.KNOWN_ABSENT : Status.MISS;
            return new GetResult<>(status, value, result.zone(), result.attempts(), result.failure());
        } catch (CodecFailure e) {
            return GetResult.failed(result.zone(), result.attempts(), e);
        }
    }

    int attempts(Pending<ReadResult> read) {
        return Zones.attempts(read);
    }

    private WriteLatch write(Command<?> command, @Nullable WritePolicy policy) {
        WritePolicy effective = policy == null ? options.writePolicy() : policy;
        return write(command, effective, writes.start(), null);
    }

    WriteLatch write(Command<?> command, WritePolicy policy, Deadline deadline, @Nullable ZoneTokens tokens) {
        return pipeline.write(new Write(cache, command, policy, deadline, tokens));
    }

    EncodedValue encode(Key key, V value) {
        requireNonNull(value, "value");
        EncodedValue encoded;
        try {
            encoded = requireNonNull(codec.encode(value), "encoded value");
        } catch (CodecFailure e) {
            throw e;
        } catch (RuntimeException e) {
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

    V decode(EncodedValue value) {
        try {
            return requireNonNull(codec.decode(value), "decoded value");
        } catch (CodecFailure e) {
            throw e;
        } catch (RuntimeException e) {
            throw new CodecFailure("codec " + codec + " could not decode " + value + ": " + e, e);
        }
    }

    private Ttl ttl(Key key, @Nullable Duration given) {
        return jittered(key, given == null ? options.ttl() : ttl(given));
    }

    Ttl jittered(Key key, Ttl ttl) {
        double share = options.ttlJitter();
        if (share == 0 || ttl.isNone()) {
            return ttl;
        }
        long cut = (long) (ttl.seconds() * share * unit(key.hashCode()));
        return Ttl.ofSeconds(Math.max(1, ttl.seconds() - cut));
    }

    private Ttl ttl(Duration given) {
        Life known = last;
        if (known == null || !known.given.equals(given)) {
            known = new Life(given, Ttl.of(given));
            last = known;
        }
        return known.ttl;
    }

    /** Spreads a hash evenly over 0 to 1; the same on every machine. Finaliser of MurmurHash3 by Austin Appleby, public domain. */
    private static double unit(int hash) {
        int mixed = hash;
        mixed = (mixed ^ mixed >>> 16) * 0x85EBCA6B;
        mixed = (mixed ^ mixed >>> 13) * 0xC2B2AE35;
        mixed ^= mixed >>> 16;
        return Integer.toUnsignedLong(mixed) / (double) (1L << 32);
    }

    @Override
    public String toString() {
        return cache + ", " + options;
    }
}
