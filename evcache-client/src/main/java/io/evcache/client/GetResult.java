package io.evcache.client;

import io.evcache.core.error.EvCacheException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The whole truth about one read.
 *
 * @param status what happened; the other parts follow from it
 * @param value the value of a {@link Status#HIT}, else null
 * @param zone the zone that answered; null if none did
 * @param attempts how many zones were asked; 0 if the near cache answered in their place, or an interceptor that did not say
 * @param cause of {@link Status#FAILED}: why there is no answer; otherwise what an earlier zone failed with, or null if none did
 * @param details of a hit, what {@link EvCache#lookup(String, Detail...)} was asked to tell; otherwise {@link ItemDetails#NONE}
 * @param <V> the type of the cache's values
 */
public record GetResult<V>(
        Status status,
        @Nullable V value,
        @Nullable String zone,
        int attempts,
        @Nullable EvCacheException cause,
        ItemDetails details) {

    /** A result without details. */
    public GetResult(
            Status status, @Nullable V value, @Nullable String zone, int attempts, @Nullable EvCacheException cause) {
        this(status, value, zone, attempts, cause, ItemDetails.NONE);
    }

    /** The outcomes that a caller may want to tell apart. */
    public enum Status {
        /** The value is there. */
        HIT,
        /** No zone that answered has the key. */
        MISS,
        /** The cache remembers that the source of the data has no such item; see {@code negativeTtl} of {@code CacheAside}. */
        KNOWN_ABSENT,
        /** No zone answered in time, or the value could not be decoded. Nothing is known about the key. */
        FAILED
    }

    /** Returns whether there is a value. */
    public boolean isHit() {
        return status == Status.HIT;
    }

    /** Returns the value of a hit. */
    public Optional<V> found() {
        return Optional.ofNullable(value);
    }

    static <V> GetResult<V> near(V value) {
        return new GetResult<>(Status.HIT, value, null, 0, null);
    }

    static <V> GetResult<V> failed(@Nullable String zone, int attempts, EvCacheException cause) {
        return new GetResult<>(Status.FAILED, null, zone, attempts, cause);
    }
}
