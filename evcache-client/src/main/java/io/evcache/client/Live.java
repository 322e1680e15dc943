package io.evcache.client;

import static java.util.Objects.requireNonNull;

import io.evcache.client.near.NearCaches;
import io.evcache.core.error.InvalidConfiguration;
import io.evcache.core.key.Key;
import io.evcache.core.time.Deadline;
import io.evcache.core.time.Ticker;
import io.evcache.core.topology.control.TopologyControl;
import io.evcache.core.zone.Cluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The settings of a running client: one volatile field that calls look at, and the one way to change it. */
final class Live {
    private static final Logger LOG = LoggerFactory.getLogger(Live.class);

    /** For the administration thread to put modes into force, which waits for no node and takes about a millisecond. */
    private static final Duration IN_FORCE = Duration.ofSeconds(1);

    private final String client;
    private final TopologyControl topology;
    private final Cluster cluster;
    private final NearCaches near;
    private final Ticker ticker;

    /** Replaced under the guard of this. */
    private volatile LiveSettings current;

    Live(EvCacheConfig config, TopologyControl topology, Cluster cluster, NearCaches near, Ticker ticker) {
        this.client = config.name();
        this.topology = topology;
        this.cluster = cluster;
        this.near = near;
        this.ticker = ticker;
        this.current = config.live();
    }

    LiveSettings current() {
        return current;
    }

    /** A write of this key was switched off: what is kept near is no longer what the application means. */
    void notWritten(Key key) {
        near.beginWrite(key).end();
    }

    /** The change is the user's code and runs without a lock, so it is asked again if somebody else was faster. */
    LiveSettings update(UnaryOperator<LiveSettings> change) {
        while (true) {
            LiveSettings before = current;
            LiveSettings next = requireNonNull(change.apply(before), "what change returned");
            check(next, before);
            if (swap(before, next)) {
                if (!next.zoneModes().equals(before.zoneModes())) {
                    topology.modes(() -> current.zoneModes()); // of the newest settings, should they have changed again
                    boolean unused = cluster.awaitChanges(Deadline.after(IN_FORCE, ticker));
                }
                LOG.info("[{}] changed to {}", client, next);
                return next;
            }
        }
    }

    private void check(LiveSettings next, LiveSettings before) {
        List<String> problems = new ArrayList<>(next.problems());
        problems.addAll(topology.problems(next.zoneModes(), before.zoneModes()));
        if (!problems.isEmpty()) {
            throw new InvalidConfiguration(problems);
        }
    }

    @SuppressWarnings("ReferenceEquality") // another snapshot is another object
    private synchronized boolean swap(LiveSettings before, LiveSettings next) {
        if (current != before) {
            return false;
        }
        current = next;
        return true;
    }
}
