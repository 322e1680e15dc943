package io.evcache.client;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Set;

/** What a lookup can tell about an item beyond its value, for a few more bytes of reply. */
public enum Detail {
    /**
     * The token for {@link EvCache#compareAndSet}. Reads the one zone that decides about the key, which may not be the local one, and no other: while its node is away the lookup fails.
     */
    CAS,
    /** The remaining life. */
    TTL,
    /** The item's size and use in the zone that answered; needs a transport that speaks the meta protocol. */
    USAGE;

    /** Returns those that are asked for; naming one twice changes nothing. */
    static Set<Detail> set(Detail... details) {
        for (Detail detail : details) {
            requireNonNull(detail, "detail");
        }
        return details.length == 0 ? Set.of() : Set.copyOf(List.of(details));
    }
}
