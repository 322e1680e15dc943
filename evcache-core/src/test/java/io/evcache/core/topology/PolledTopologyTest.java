package io.evcache.core.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.evcache.core.node.ManualScheduler;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PolledTopologyTest {
    private static final Duration ROUND = Duration.ofSeconds(10);

    private final ManualScheduler time = new ManualScheduler();

    private final RecordingListener listener = new RecordingListener();

    /** A class that was missing in the source was neither logged nor told: discovery stood still, and nobody knew. */
    @Test
    void sourceThatThrowsAnErrorIsReportedAndAskedAgain() throws Exception {
        Topology topology = Topology.parse("a=h:1");
        AtomicInteger asked = new AtomicInteger();
        TopologySource source = partly -> {
            if (asked.incrementAndGet() == 1) {
                throw new NoClassDefFoundError("on purpose");
            }
            return topology;
        };

        AutoCloseable watch =
                PolledTopology.of("test", () -> source, ROUND).on(time).watch(listener);
        time.pass(ROUND.multipliedBy(2));

        assertThat(listener.failures)
                .singleElement()
                .satisfies(failure -> assertThat(failure)
                        .hasMessageContaining("NoClassDefFoundError: on purpose")
                        .hasCauseInstanceOf(NoClassDefFoundError.class));
        assertThat(listener.heard).containsExactly(topology);
        watch.close();
    }
}
