package io.evcache.core.transport;

import io.evcache.core.error.InvalidConfiguration;
import io.evcache.core.tls.Tls;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The bounds that a transport works within.
 *
 * @param connectTimeout from the start of a connect to the server's first answer, a TLS handshake included; more than zero, default 1 s
 * @param lanes event loops, and so connections per node, 1 to 64; default half the cores, at least 1, at most 4
 * @param maxInFlight commands queued or unanswered per connection, above which a command fails at once as overloaded; at least 1, default 16,384
 * @param maxQueuedBytes bytes of commands queued or unanswered per connection, with the same answer; at least 1,024, default 16 MiB
 * @param maxValueBytes the largest value to store or to receive, 1 byte to 1 GiB; default 1 MiB less 1 KiB for memcached's own header, as the server's default item limit is 1 MiB
 * @param hangTimeouts how many commands in a row, without any answer between, may expire before further ones fail at once, until the server answers again; at least 1, default 3. After a second of silence the connection is closed
 * @param tls how connections are encrypted; empty, the default, if they are not. A transport that cannot encrypt refuses to start with it
 */
public record TransportConfig(
        Duration connectTimeout,
        int lanes,
        int maxInFlight,
        int maxQueuedBytes,
        int maxValueBytes,
        int hangTimeouts,
        Optional<Tls> tls) {

    public TransportConfig {
        List<String> problems = new ArrayList<>();
        require(
                problems,
                !connectTimeout.isNegative() && !connectTimeout.isZero(),
                "connectTimeout must be more than zero",
                connectTimeout);
        require(problems, lanes >= 1 && lanes <= 64, "lanes must be from 1 to 64", lanes);
        require(problems, maxInFlight >= 1, "maxInFlight must be at least 1", maxInFlight);
        require(problems, maxQueuedBytes >= 1_024, "maxQueuedBytes must be at least 1,024", maxQueuedBytes);
        require(
                problems,
                maxValueBytes >= 1 && maxValueBytes <= 1 << 30,
                "maxValueBytes must be from 1 to 1 GiB",
                maxValueBytes);
        require(problems, hangTimeouts >= 1, "hangTimeouts must be at least 1", hangTimeouts);
        if (!problems.isEmpty()) {
            throw new InvalidConfiguration(problems);
        }
    }

    /** Returns the defaults. */
    public static TransportConfig defaults() {
        int lanes = Math.max(1, Math.min(4, Runtime.getRuntime().availableProcessors() / 2));
        return new TransportConfig(
                Duration.ofSeconds(1), lanes, 16_384, 16 << 20, (1 << 20) - 1_024, 3, Optional.empty());
    }

    /** Returns this with another connect timeout. */
    public TransportConfig withConnectTimeout(Duration timeout) {
        return new TransportConfig(timeout, lanes, maxInFlight, maxQueuedBytes, maxValueBytes, hangTimeouts, tls);
    }

    /** Returns this with another number of lanes. */
    public TransportConfig withLanes(int count) {
        return new TransportConfig(
                connectTimeout, count, maxInFlight, maxQueuedBytes, maxValueBytes, hangTimeouts, tls);
    }

    /** Returns this with another bound on commands per connection. */
    public TransportConfig withMaxInFlight(int commands) {
        return new TransportConfig(connectTimeout, lanes, commands, maxQueuedBytes, maxValueBytes, hangTimeouts, tls);
    }

    /** Returns this with another bound on bytes per connection. */
    public TransportConfig withMaxQueuedBytes(int bytes) {
        return new TransportConfig(connectTimeout, lanes, maxInFlight, bytes, maxValueBytes, hangTimeouts, tls);
    }

    /** Returns this with another largest value. Raise the servers' {@code -I} with it. */
    public TransportConfig withMaxValueBytes(int bytes) {
        return new TransportConfig(connectTimeout, lanes, maxInFlight, maxQueuedBytes, bytes, hangTimeouts, tls);
    }

    /** Returns this with every connection encrypted; never one that is not. */
    public TransportConfig withTls(Tls encryption) {
        return new TransportConfig(
                connectTimeout,
                lanes,
                maxInFlight,
                maxQueuedBytes,
                maxValueBytes,
                hangTimeouts,
                Optional.of(encryption));
    }

    private static void require(List<String> problems, boolean holds, String rule, Object was) {
        if (!holds) {
            problems.add(rule + ", was " + was);
        }
    }
}
