package io.evcache.client.near;

/**
 * A key that is asked for often.
 *
 * @param key as the application names it
 * @param share the part of the cache's recent reads that asked for it, from 0 to 1, estimated from a sample; true to about a tenth of itself for keys with 5 % and more
 */
public record HotKey(String key, double share) {}
