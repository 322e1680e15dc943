package io.evcache.core.transport;

/**
 * What a server can do beyond plain gets and sets.
 *
 * @param version what it answers to {@code version}, for logs; never trusted alone, since proxies answer what they like
 * @param leases whether reads can win leases and see stale marks
 * @param explicitVersions whether a store can choose the compare-and-store token (memcached 1.6.27); established by a probe
 */
public record Capabilities(String version, boolean leases, boolean explicitVersions) {}
