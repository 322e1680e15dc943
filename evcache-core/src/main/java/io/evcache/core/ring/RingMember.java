package io.evcache.core.ring;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * A node with the texts that decide its points.
 *
 * @param host name or literal address as configured, IPv6 without brackets; must read the same on every machine
 * @param ip the literal address of a named host, or null where the {@linkplain RingDialect dialect} needs none
 * @param port the real port
 * @param node what the ring answers
 * @param <N> what the caller calls a node
 */
public record RingMember<N>(String host, @Nullable String ip, int port, N node) {

    public RingMember {
        requireNonNull(host, "host");
        requireNonNull(node, "node");
    }
}
