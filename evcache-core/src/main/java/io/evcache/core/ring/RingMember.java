package io.evcache.core.ring;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * A node with the texts that decide its points.
 *
 * @param id a name that decides the points in place of host, ip and port, in every dialect, so that a node may move without its keys; null for none
 * @param host name or literal address as configured, IPv6 without brackets; must read the same on every machine
 * @param ip the literal address of a named host, or null where the {@linkplain RingDialect dialect} needs none
 * @param port the real port
 * @param weight its share of the keys relative to the others', at least 1; the usual is 1
 * @param node what the ring answers
 * @param <N> what the caller calls a node
 */
public record RingMember<N>(
        @Nullable String id, String host, @Nullable String ip, int port, int weight, N node) {

    public RingMember {
        requireNonNull(host, "host");
        requireNonNull(node, "node");
        if (weight < 1) {
            throw new IllegalArgumentException(
                    "the weight of " + host + ":" + port + " must be at least 1, was " + weight);
        }
    }

    /** A member without an id and with the usual weight. */
    public RingMember(String host, @Nullable String ip, int port, N node) {
        this(null, host, ip, port, 1, node);
    }
}
