package io.evcache.core.zone;

import io.evcache.core.command.Feature;
import io.evcache.core.error.InvalidConfiguration;
import io.evcache.core.ring.RingDialect;
import io.evcache.core.time.Backoff;
import io.evcache.core.transport.Transport;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How a cluster builds its zones.
 *
 * @param name of the client, for logs and thread names
 * @param dialect which text of a node is hashed onto the ring; all clients that share the data must agree
 * @param backoff between attempts to connect to a node; default 50 ms doubling to 1 s, so that a node that came back answers within about a second
 * @param drain how long the connections of a removed node live on at least, for requests that still see it; longer while anything is in flight; default 5 s
 * @param keepTogetherBefore a delimiter before whose first occurrence a key is hashed, so that keys of one beginning share a node; empty, the default, if
 *     whole keys are hashed; all clients that share the data must agree
 * @param required what the commands of this client need beyond plain ones; empty by default
 * @param bigValues how values that are too large for one item are stored in several; empty, the default, if they are refused
 */
public record ClusterConfig(
        String name,
        RingDialect dialect,
        Backoff backoff,
        Duration drain,
        Optional<String> keepTogetherBefore,
        Optional<BigValues> bigValues,
        Set<Feature> required) {

    public ClusterConfig {
        required = Set.copyOf(required);
    }

    /** Returns the defaults for a client of that name. */
    public static ClusterConfig of(String name, RingDialect dialect) {
        return new ClusterConfig(
                name,
                dialect,
                new Backoff(Duration.ofMillis(50), Duration.ofSeconds(1)),
                Duration.ofSeconds(5),
                Optional.empty(),
                Optional.empty(),
                Set.of());
    }

    /** Returns this with another drain time. */
    public ClusterConfig withDrain(Duration time) {
        return new ClusterConfig(name, dialect, backoff, time, keepTogetherBefore, bigValues, required);
    }

    /** Returns this with large values stored in chunks. All clients that share the data must agree on it. */
    public ClusterConfig withBigValues(BigValues how) {
        return new ClusterConfig(name, dialect, backoff, drain, keepTogetherBefore, Optional.of(how), required);
    }

    /** Returns this for a client whose commands need these features. A cluster is refused if its transport lacks one; a server that lacks one refuses the commands that need it. */
    public ClusterConfig withRequired(Set<Feature> features) {
        return new ClusterConfig(name, dialect, backoff, drain, keepTogetherBefore, bigValues, features);
    }

    /**
     * Checks that the transport can do what is required.
     *
     * @throws InvalidConfiguration naming the transport and every feature that it lacks
     */
    void requireOf(Transport transport) {
        List<String> problems = required.stream()
                .filter(feature -> !transport.features().contains(feature))
                .sorted()
                .map(feature -> transport + " cannot do " + feature.words() + " (" + feature + ")")
                .toList();
        if (!problems.isEmpty()) {
            throw new InvalidConfiguration(problems);
        }
    }

    /** Returns this with keys kept together that are the same before the first occurrence of the delimiter. */
    public ClusterConfig withKeysTogetherBefore(String delimiter) {
        return new ClusterConfig(name, dialect, backoff, drain, Optional.of(delimiter), bigValues, required);
    }
}
