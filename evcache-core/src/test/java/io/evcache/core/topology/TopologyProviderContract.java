package io.evcache.core.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.evcache.core.node.ManualScheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What every provider promises whose topology can change. Time is moved; a provider that asks does so within {@link #ROUND}. */
public abstract class TopologyProviderContract {
    protected static final Duration ROUND = Duration.ofSeconds(1);

    protected final ManualScheduler time = new ManualScheduler();

    /** Returns the provider, on {@link #time}. */
    protected abstract TopologyProvider provider();

    /** Has the source say from now on that zone a has these nodes, of 1 to 9, and zone b the node 9. */
    protected abstract void exist(int... nodesOfA) throws Exception;

    /** Has the source be unreadable from now on, until {@link #exist}. */
    protected abstract void fail() throws Exception;

    /** Returns what the source means by this number. */
    protected NodeAddress node(int number) {
        return new NodeAddress("10.0.0." + number, 11_211);
    }

    private final RecordingListener listener = new RecordingListener();

    private Topology topology(int... nodesOfA) {
        List<NodeAddress> nodes = new ArrayList<>();
        for (int number : nodesOfA) {
            nodes.add(node(number));
        }
        return Topology.of(new Zone("a", ZoneMode.READ_WRITE, nodes), Zone.of("b", node(9)));
    }

    @Test
    void firstTopologyArrives() throws Exception {
        exist(1, 2);

        AutoCloseable watch = provider().watch(listener);
        time.pass(ROUND);

        assertThat(listener.heard).containsExactly(topology(1, 2));
        assertThat(listener.failures).isEmpty();
        watch.close();
    }

    @Test
    void changesArriveInTheirOrder() throws Exception {
        exist(1, 2);
        AutoCloseable watch = provider().watch(listener);
        time.pass(ROUND);

        exist(1, 2, 3);
        time.pass(ROUND);
        exist(3);
        time.pass(ROUND);

        assertThat(listener.heard).containsExactly(topology(1, 2), topology(1, 2, 3), topology(3));
        watch.close();
    }

    @Test
    void whatDidNotChangeIsNotSaidAgain() throws Exception {
        exist(1, 2);
        AutoCloseable watch = provider().watch(listener);
        time.pass(ROUND);

        exist(1, 2);
        time.pass(ROUND.multipliedBy(3));

        assertThat(listener.heard).containsExactly(topology(1, 2));
        watch.close();
    }

    @Test
    void sourceThatFailsIsReportedAndTheLastTopologyHoldsOn() throws Exception {
        exist(1, 2);
        AutoCloseable watch = provider().watch(listener);
        time.pass(ROUND);

        fail();
        time.pass(ROUND.multipliedBy(2));

        assertThat(listener.failures).hasSizeGreaterThanOrEqualTo(2);
        assertThat(listener.heard).containsExactly(topology(1, 2));
        watch.close();
    }

    @Test
    void sourceThatRecoversIsHeardAgain() throws Exception {
        fail();
        AutoCloseable watch = provider().watch(listener);
        time.pass(ROUND);
        assertThat(listener.heard).isEmpty();

        exist(2);
        time.pass(ROUND);

        assertThat(listener.heard).containsExactly(topology(2));
        watch.close();
    }

    @Test
    void nothingIsSaidAfterClose() throws Exception {
        exist(1, 2);
        AutoCloseable watch = provider().watch(listener);
        time.pass(ROUND);

        watch.close();
        exist(3);
        time.pass(ROUND);
        fail();
        time.pass(ROUND);

        assertThat(listener.heard).containsExactly(topology(1, 2));
        assertThat(listener.failures).isEmpty();
        assertThatCode(watch::close).doesNotThrowAnyException();
    }

    @Test
    void eachWatchHearsOfItsOwn() throws Exception {
        exist(1, 2);
        TopologyProvider provider = provider();
        List<Topology> other = new ArrayList<>();
        AutoCloseable watch = provider.watch(listener);
        time.pass(ROUND);
        exist(3);
        AutoCloseable second = provider.watch(other::add);
        time.pass(ROUND);
        second.close();
        exist(4);
        time.pass(ROUND);

        assertThat(listener.heard).containsExactly(topology(1, 2), topology(3), topology(4));
        assertThat(other).containsExactly(topology(3));
        watch.close();
    }

    @Test
    void listenerThatThrowsIsCalledAgain() throws Exception {
        exist(1);
        List<Topology> seen = new ArrayList<>();
        AutoCloseable watch = provider().watch(topology -> {
            seen.add(topology);
            throw new IllegalStateException("on purpose");
        });
        time.pass(ROUND);
        exist(2);
        time.pass(ROUND);

        assertThat(seen).containsExactly(topology(1), topology(2));
        watch.close();
    }
}
