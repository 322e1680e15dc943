package io.evcache.client.load;

import org.jspecify.annotations.Nullable;

/**
 * What a read found, judged and decoded.
 *
 * @param value null on a miss, and where the cache knows that there is none
 */
record Seen<V>(Freshness.Verdict verdict, @Nullable V value) {

    static <V> Seen<V> nothing() {
        return new Seen<>(Freshness.Verdict.MISS, null);
    }

    boolean isServed() {
        return verdict == Freshness.Verdict.SERVE || verdict == Freshness.Verdict.SERVE_AND_REFRESH;
    }
}
