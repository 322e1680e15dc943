package io.evcache.core.zone;

import io.evcache.core.ring.RingDialect;
import io.evcache.core.time.Backoff;
import java.time.Duration;
import java.util.Optional;

/**
 * How a cluster builds its zones.
 *
 * @param name of the client, for logs and thread names
 * @param dialect which text of a node is hashed onto the ring; all clients that share the data must agree
 * @param backoff between attempts to connect to a node; default 50 ms doubling to 1 s, so that a node that came back answers within about a second
 * @param drain how long the connections of a removed node live on at least, for requests that still see it; longer while anything is in flight; default 5 s
 * @param keepTogetherBefore a delimiter before whose first occurrence a key is hashed, so that keys of one beginning share a node; empty, the default, if
 *     whole keys are hashed; all clients that share the data must agree
 * @param bigValues how values that are too large for one item are stored in several; empty, the default, if they are refused
 */
public record ClusterConfig(
        String name,
        RingDialect dialect,
        Backoff backoff,
        Duration drain,
        Optional<String> keepTogetherBefore,
        Optional<BigValues> bigValues) {

    /** Returns the defaults for a client of that name. */
    public static ClusterConfig of(String name, RingDialect dialect) {
        return new ClusterConfig(
                name,
                dialect,
                new Backoff(Duration.ofMillis(50), Duration.ofSeconds(1)),
                Duration.ofSeconds(5),
                Optional.empty(),
                Optional.empty());
    }

    /** Returns this with another drain time. */
    public ClusterConfig withDrain(Duration time) {
        return new ClusterConfig(name, dialect, backoff, time, keepTogetherBefore, bigValues);
    }

    /** Returns this with large values stored in chunks. All clients that share the data must agree on it. */
    public ClusterConfig withBigValues(BigValues how) {
        return new ClusterConfig(name, dialect, backoff, drain, keepTogetherBefore, Optional.of(how));
    }

    /** Returns this with keys kept together that are the same before the first occurrence of the delimiter. */
    public ClusterConfig withKeysTogetherBefore(String delimiter) {
        return new ClusterConfig(name, dialect, backoff, drain, Optional.of(delimiter), bigValues);
    }
}
