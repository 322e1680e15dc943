package io.evcache.core.transport;

import io.evcache.core.key.Key;

/**
 * What a server says about an item when it lists what it holds. Times are seconds since 1970 on the server's clock.
 *
 * @param expiresAt when the item expires; {@link #NEVER} if it does not
 * @param lastUsedAt when it was stored or last used. The server spares itself most updates, so an item in steady use can look idle for longer than it was
 * @param cas the compare-and-store token, an unsigned 64-bit number
 * @param read whether it was read since it was stored
 * @param slabClass which class of sizes the server keeps it in
 * @param sizeBytes what it occupies: key, value and the server's own header, some 50 to 60 bytes
 */
public record ItemMetadata(
        Key key, long expiresAt, long lastUsedAt, long cas, boolean read, int slabClass, long sizeBytes) {
    /** The expiry of an item that has none. */
    public static final long NEVER = -1;
}
