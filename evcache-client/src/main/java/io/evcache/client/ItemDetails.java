package io.evcache.client;

import io.evcache.core.command.Lookup;
import io.evcache.core.command.Lookup.Usage;
import io.evcache.core.value.Ttl;
import org.jspecify.annotations.Nullable;

/**
 * What a lookup was asked to tell about an item beyond its value.
 *
 * @param cas the token of {@link Detail#CAS}; null unless asked for
 * @param ttl the remaining life of {@link Detail#TTL}, {@link Ttl#none()} if it never expires; null unless asked for
 * @param usage the size and use of {@link Detail#USAGE}; null unless asked for
 */
public record ItemDetails(
        @Nullable CasToken cas, @Nullable Ttl ttl, @Nullable Usage usage) {
    /** Nothing was asked, or there is no item. */
    public static final ItemDetails NONE = new ItemDetails(null, null, null);

    static ItemDetails of(String zone, Lookup.Hit hit) {
        CasToken cas = hit.cas() == 0 ? null : new CasToken(zone, hit.cas());
        Ttl ttl = hit.hasLife() ? hit.remainingLife() : null;
        Usage usage = hit.usage();
        return new ItemDetails(cas, ttl, usage.equals(Usage.NOT_ASKED) ? null : usage);
    }
}
