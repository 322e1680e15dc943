package io.evcache.client;

import static java.util.Objects.requireNonNull;

import io.evcache.client.pipeline.ReadPolicy;
import io.evcache.client.pipeline.WritePolicy;
import io.evcache.core.value.Codec;
import io.evcache.core.value.Ttl;
import java.time.Duration;

/**
 * How one cache behaves. Immutable: each method returns changed options, to be chained inside {@link EvCacheClient#cache(String, Codec, java.util.function.UnaryOperator)}.
 *
 * <p>Options belong to the object that {@code cache(…)} returned, not to the name: two parts of an application may use the same data with different options.
 *
 * @param <V> the type of the cache's values
 */
public final class CacheOptions<V> {
    /** Long enough to be a cache, short enough that a forgotten invalidation heals within a working day's meeting. */
    private static final Ttl DEFAULT_TTL = Ttl.of(Duration.ofHours(1));

    private final Codec<V> codec;
    private final Ttl ttl;
    private final double ttlJitter;
    private final ReadPolicy readPolicy;
    private final WritePolicy writePolicy;
    private final boolean digestingLongKeys;

    private CacheOptions(
            Codec<V> codec,
            Ttl ttl,
            double ttlJitter,
            ReadPolicy readPolicy,
            WritePolicy writePolicy,
            boolean digestingLongKeys) {
        this.codec = requireNonNull(codec, "codec");
        this.ttl = ttl;
        this.ttlJitter = ttlJitter;
        this.readPolicy = requireNonNull(readPolicy, "readPolicy");
        this.writePolicy = requireNonNull(writePolicy, "writePolicy");
        this.digestingLongKeys = digestingLongKeys;
    }

    static <V> CacheOptions<V> defaults(Codec<V> codec, EvCacheConfig config) {
        return new CacheOptions<>(codec, DEFAULT_TTL, 0, config.readPolicy(), config.writePolicy(), false);
    }

    /**
     * Sets how long values live that are set without a time to live of their own. Default: 1 hour.
     *
     * @param ttl from 1 second to 10 years; sub-second parts are rounded up
     * @throws IllegalArgumentException if it is not that
     */
    public CacheOptions<V> ttl(Duration ttl) {
        return new CacheOptions<>(codec, Ttl.of(ttl), ttlJitter, readPolicy, writePolicy, digestingLongKeys);
    }

    /** Has values that are set without a time to live of their own stay until memcached needs the memory. */
    public CacheOptions<V> neverExpires() {
        return new CacheOptions<>(codec, Ttl.none(), ttlJitter, readPolicy, writePolicy, digestingLongKeys);
    }

    /**
     * Shortens every time to live of this cache by up to this share, so that what was written together does not expire together. By how much follows from the key alone: all zones, and all clients,
     * agree. Default: 0.
     *
     * @param share from 0, none, to less than 1; {@code 0.10} makes 6 hours something between 5 h 24 min and 6 h
     * @throws IllegalArgumentException if it is not that
     */
    public CacheOptions<V> ttlJitter(double share) {
        if (!(share >= 0 && share < 1)) {
            throw new IllegalArgumentException("ttlJitter must be from 0 to less than 1, was " + share);
        }
        return new CacheOptions<>(codec, ttl, share, readPolicy, writePolicy, digestingLongKeys);
    }

    /** Sets which zones are read. Default: the client's. */
    public CacheOptions<V> readPolicy(ReadPolicy policy) {
        return new CacheOptions<>(codec, ttl, ttlJitter, policy, writePolicy, digestingLongKeys);
    }

    /** Sets how many zones must have taken a write. Default: the client's. */
    public CacheOptions<V> writePolicy(WritePolicy policy) {
        return new CacheOptions<>(codec, ttl, ttlJitter, readPolicy, policy, digestingLongKeys);
    }

    /** Has keys that are too long for memcached replaced by a digest of themselves. Default: they are refused. */
    public CacheOptions<V> digestLongKeys() {
        return new CacheOptions<>(codec, ttl, ttlJitter, readPolicy, writePolicy, true);
    }

    Codec<V> codec() {
        return codec;
    }

    Ttl ttl() {
        return ttl;
    }

    double ttlJitter() {
        return ttlJitter;
    }

    ReadPolicy readPolicy() {
        return readPolicy;
    }

    WritePolicy writePolicy() {
        return writePolicy;
    }

    boolean isDigestingLongKeys() {
        return digestingLongKeys;
    }

    @Override
    public String toString() {
        return "CacheOptions(" + codec + ", " + ttl + ", jitter " + ttlJitter + ", reads " + readPolicy + ", writes "
                + writePolicy + (digestingLongKeys ? ", digesting long keys)" : ")");
    }
}
