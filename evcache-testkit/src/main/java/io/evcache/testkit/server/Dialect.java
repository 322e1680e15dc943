package io.evcache.testkit.server;

import static java.util.Objects.requireNonNull;

/**
 * Where one server version answers differently from another.
 *
 * @param version what {@code version} prints
 * @param explicitCas the meta flags {@code E} (client-chosen CAS) and {@code x} (drop the value, keep the item) exist
 * @param vivifyingAppend {@code ms … MA N<ttl>} creates a missing item; else N is ignored there
 * @param storedSize {@code ms … s} reports the size of the stored value; else s is ignored there
 * @param expiryAsTimeLeft {@code me} prints {@code exp} as seconds left; else with the sign reversed
 * @param flagsInDump {@code lru_crawler metadump} ends each line with the client flags
 */
public record Dialect(
        String version,
        boolean explicitCas,
        boolean vivifyingAppend,
        boolean storedSize,
        boolean expiryAsTimeLeft,
        boolean flagsInDump) {
    public Dialect {
        requireNonNull(version, "version");
    }
}
