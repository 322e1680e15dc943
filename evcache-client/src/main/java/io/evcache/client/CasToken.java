package io.evcache.client;

import static java.util.Objects.requireNonNull;

/**
 * What {@link EvCache#compareAndSet} compares: which state of an item a caller has seen, and in which zone. From {@link EvCache#lookup(String, Detail...)} with {@link Detail#CAS}; good for as long as nobody writes the item.
 *
 * @param zone the zone that gave the token and that decides about it; tokens of different zones say nothing about each other
 * @param value memcached's own number, unsigned and not 0
 */
public record CasToken(String zone, long value) {

    public CasToken {
        requireNonNull(zone, "zone");
        if (value == 0) {
            throw new IllegalArgumentException("a compare-and-set token is never 0");
        }
    }
}
