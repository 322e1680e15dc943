package io.evcache.core.topology;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.evcache.core.node.ManualScheduler;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class PolledTopologyTest {
    private static final Duration ROUND = Duration.ofSeconds(10);

    private final ManualScheduler time = new ManualScheduler();

    private final RecordingListener listener = new RecordingListener();

    /** One zone of two that was away brought a WARN that the topology cannot be read, and an INFO that it can be read again, at every poll. */
    @Test
    void partThatStaysAwayIsLoggedOnceAndOnceMoreWhenItIsBack() throws Exception {
        Set<String> away = new HashSet<>(Set.of("b", "c"));
        TopologySource source = new ZoneByZone(List.of("a", "b", "c"), zone -> {
            if (away.contains(zone)) {
                throw new IOException(zone + " is away");
            }
            return List.of(new NodeAddress(zone, 1));
        });
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        Logger logger = (Logger) LoggerFactory.getLogger(PolledTopology.class);
        log.start();
        logger.setLevel(Level.INFO);
        logger.addAppender(log);

        AutoCloseable watch =
                PolledTopology.of("test", () -> source, ROUND).on(time).watch(listener);
        time.pass(ROUND.multipliedBy(10));
        away.clear();
        time.pass(ROUND.multipliedBy(10));
        watch.close();
        logger.detachAppender(log);
        logger.setLevel(null);

        assertThat(log.list)
                .filteredOn(event -> event.getLevel().isGreaterOrEqual(Level.INFO))
                .extracting(ILoggingEvent::getFormattedMessage)
                .satisfiesExactly(
                        first -> assertThat(first).contains("b is away"),
                        second -> assertThat(second).contains("c is away"),
                        last -> assertThat(last).contains("can be read again"));
        assertThat(listener.failures).hasSize(22);
    }

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
