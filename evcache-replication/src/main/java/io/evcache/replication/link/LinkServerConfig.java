package io.evcache.replication.link;

import io.evcache.core.tls.ServerTls;
import java.time.Duration;
import java.util.Optional;

/**
 * How an agent listens.
 *
 * @param region the agent's own
 * @param host the address to bind; {@code 0.0.0.0} for all
 * @param port 0 for any free one
 * @param maxConnections more are refused; relays need one each
 * @param maxInFlightBytes of all connections together; batches beyond are answered "busy" and dropped
 * @param maxInFlightBytesPerConnection of one connection
 * @param handshakeTimeout from the connection to the handshake's end
 * @param idleTimeout without a single byte, heartbeats included, before a connection is closed
 * @param tls how connections are encrypted, and whether relays must show a certificate; empty, the default, if they are not. Then nobody is let in without it
 */
public record LinkServerConfig(
        String region,
        String host,
        int port,
        int maxConnections,
        long maxInFlightBytes,
        long maxInFlightBytesPerConnection,
        Duration handshakeTimeout,
        Duration idleTimeout,
        Optional<ServerTls> tls) {

    public LinkServerConfig {
        if (region.isBlank()) {
            throw new IllegalArgumentException("region must not be blank");
        }
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("port must be 0 to 65535, was " + port);
        }
        if (maxConnections < 1 || maxInFlightBytes < 1 || maxInFlightBytesPerConnection < 1) {
            throw new IllegalArgumentException("limits must be at least 1");
        }
    }

    /** Returns the defaults: 64 connections, 64 MiB in flight and 16 MiB per connection, handshake 5 s, idle 10 s. */
    public static LinkServerConfig of(String region, String host, int port) {
        return new LinkServerConfig(
                region,
                host,
                port,
                64,
                64L << 20,
                16L << 20,
                Duration.ofSeconds(5),
                Duration.ofSeconds(10),
                Optional.empty());
    }

    /** Returns this with other limits of bytes in flight. */
    public LinkServerConfig withInFlightBytes(long total, long perConnection) {
        return new LinkServerConfig(
                region, host, port, maxConnections, total, perConnection, handshakeTimeout, idleTimeout, tls);
    }

    /** Returns this with another limit of connections. */
    public LinkServerConfig withMaxConnections(int connections) {
        return new LinkServerConfig(
                region,
                host,
                port,
                connections,
                maxInFlightBytes,
                maxInFlightBytesPerConnection,
                handshakeTimeout,
                idleTimeout,
                tls);
    }

    /** Returns this with encrypted connections, never others. */
    public LinkServerConfig withTls(ServerTls encryption) {
        return new LinkServerConfig(
                region,
                host,
                port,
                maxConnections,
                maxInFlightBytes,
                maxInFlightBytesPerConnection,
                handshakeTimeout,
                idleTimeout,
                Optional.of(encryption));
    }
}
