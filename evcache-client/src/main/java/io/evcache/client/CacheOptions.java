package io.evcache.client;

import static java.util.Objects.requireNonNull;

import io.evcache.client.near.HotKeys;
import io.evcache.client.near.NearCacheOptions;
import io.evcache.client.pipeline.ReadPolicy;
import io.evcache.client.pipeline.WritePolicy;
import io.evcache.core.value.Codec;
import io.evcache.core.value.Ttl;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

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
    /** Null: the client's, whatever it is at the time. */
    private final @Nullable ReadPolicy readPolicy;

    private final @Nullable WritePolicy writePolicy;
    private final boolean digestingLongKeys;
    private final boolean plainKeys;
    private final @Nullable NearCacheOptions nearCache;
    private final int hotKeys;

    private CacheOptions(
            Codec<V> codec,
            Ttl ttl,
            double ttlJitter,
            @Nullable ReadPolicy readPolicy,
            @Nullable WritePolicy writePolicy,
            boolean digestingLongKeys,
            boolean plainKeys,
            @Nullable NearCacheOptions nearCache,
            int hotKeys) {
        this.codec = requireNonNull(codec, "codec");
        this.ttl = ttl;
        this.ttlJitter = ttlJitter;
        this.readPolicy = readPolicy;
        this.writePolicy = writePolicy;
        this.digestingLongKeys = digestingLongKeys;
        this.plainKeys = plainKeys;
        this.nearCache = nearCache;
        this.hotKeys = hotKeys;
    }

    static <V> CacheOptions<V> defaults(Codec<V> codec) {
        return new CacheOptions<>(codec, DEFAULT_TTL, 0, null, null, false, false, null, 0);
    }

    /**
     * Sets how long values live that are set without a time to live of their own. Default: 1 hour.
     *
     * @param ttl more than zero, at most 10 years; sub-second parts are rounded up
     * @throws IllegalArgumentException if it is not that
     */
    public CacheOptions<V> ttl(Duration ttl) {
        return new CacheOptions<>(
                codec,
                Ttl.of(requireNonNull(ttl, "ttl")),
                ttlJitter,
                readPolicy,
                writePolicy,
                digestingLongKeys,
                plainKeys,
                nearCache,
                hotKeys);
    }

    /** Has values that are set without a time to live of their own stay until memcached needs the memory. */
    public CacheOptions<V> neverExpires() {
        return new CacheOptions<>(
                codec,
                Ttl.none(),
                ttlJitter,
                readPolicy,
                writePolicy,
                digestingLongKeys,
                plainKeys,
                nearCache,
                hotKeys);
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
        return new CacheOptions<>(
                codec, ttl, share, readPolicy, writePolicy, digestingLongKeys, plainKeys, nearCache, hotKeys);
    }

    /** Sets which zones are read. Default: the client's. */
    public CacheOptions<V> readPolicy(ReadPolicy policy) {
        return new CacheOptions<>(
                codec,
                ttl,
                ttlJitter,
                requireNonNull(policy, "policy"),
                writePolicy,
                digestingLongKeys,
                plainKeys,
                nearCache,
                hotKeys);
    }

    /** Sets how many zones must have taken a write. Default: the client's. */
    public CacheOptions<V> writePolicy(WritePolicy policy) {
        return new CacheOptions<>(
                codec,
                ttl,
                ttlJitter,
                readPolicy,
                requireNonNull(policy, "policy"),
                digestingLongKeys,
                plainKeys,
                nearCache,
                hotKeys);
    }

    /**
     * Has keys of more than 250 bytes, the cache's name and the colon included, replaced by a SHA-256 of themselves, 43 characters behind the name. All clients of the cache must agree. Keys that are 43 characters of base64 are digested, too, so
     * that nobody can name another's digest. Default: long keys are refused.
     */
    public CacheOptions<V> digestLongKeys() {
        return new CacheOptions<>(codec, ttl, ttlJitter, readPolicy, writePolicy, true, plainKeys, nearCache, hotKeys);
    }

    /**
     * Keeps decoded values in this JVM, for a short time. Needs Caffeine, which this library does not bring ({@code com.github.ben-manes.caffeine:caffeine}). Default: none.
     *
     * <p>Reads find there what was read before; the same object goes to all callers, who must not modify it. Writes of this client are seen by its reads at once, also between different objects for the same cache. Writes of others are seen when the
     * value has had its time, or when a feed tells of them; see {@link NearCacheOptions}. Each call of {@code client.cache(…)} makes a near cache of its own. Caches from {@link EvCache#reading} and {@link EvCache#items} ask memcached always.
     * Keys that were replaced by a digest are not kept.
     */
    public CacheOptions<V> nearCache(NearCacheOptions options) {
        return new CacheOptions<>(
                codec,
                ttl,
                ttlJitter,
                readPolicy,
                writePolicy,
                digestingLongKeys,
                plainKeys,
                requireNonNull(options, "options"),
                hotKeys);
    }

    /**
     * Has {@link EvCache#hotKeys} name the keys that are read most. Default: they are not counted.
     *
     * @param top how many, from 1 to 1,000; each takes a few hundred bytes
     * @throws IllegalArgumentException if it is not that
     */
    public CacheOptions<V> hotKeys(int top) {
        HotKeys checked = HotKeys.top(top);
        return new CacheOptions<>(
                codec,
                ttl,
                ttlJitter,
                readPolicy,
                writePolicy,
                digestingLongKeys,
                plainKeys,
                nearCache,
                checked.size());
    }

    @Nullable
    NearCacheOptions nearCache() {
        return nearCache;
    }

    int hotKeys() {
        return hotKeys;
    }

    /**
     * Has keys go to memcached as they are, without the cache's name in front, which then only stands in metrics and messages. For data that is shared with another client; two such caches have the same items. Default: the name and
     * a colon come first.
     */
    public CacheOptions<V> plainKeys() {
        return new CacheOptions<>(
                codec, ttl, ttlJitter, readPolicy, writePolicy, digestingLongKeys, true, nearCache, hotKeys);
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

    Optional<ReadPolicy> readPolicy() {
        return Optional.ofNullable(readPolicy);
    }

    Optional<WritePolicy> writePolicy() {
        return Optional.ofNullable(writePolicy);
    }

    boolean isPlainKeys() {
        return plainKeys;
    }

    boolean isDigestingLongKeys() {
        return digestingLongKeys;
    }

    @Override
    public String toString() {
        return "CacheOptions(" + codec + ", " + ttl + ", jitter " + ttlJitter + ", reads "
                + (readPolicy == null ? "as the client" : readPolicy) + ", writes "
                + (writePolicy == null ? "as the client" : writePolicy)
                + (plainKeys ? ", plain keys" : "") + (digestingLongKeys ? ", digesting long keys" : "")
                + (nearCache == null ? "" : ", " + nearCache)
                + (hotKeys == 0 ? "" : ", " + hotKeys + " hot keys") + ")";
    }
}
