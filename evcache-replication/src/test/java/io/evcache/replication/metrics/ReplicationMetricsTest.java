package io.evcache.replication.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.evcache.core.key.Key;
import io.evcache.replication.agent.AgentStats;
import io.evcache.replication.link.LinkServerStats;
import io.evcache.replication.mutation.Mutation;
import io.evcache.replication.mutation.Mutation.Operation;
import io.evcache.replication.publish.PublisherStats;
import io.evcache.replication.relay.Outcome;
import io.evcache.replication.relay.RelayObserver;
import io.evcache.replication.relay.RelayStats;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ReplicationMetricsTest {
    private static final Path PAGE = Path.of("..", "docs", "reference", "metrics.md");
    private static final String BEGIN = "<!-- replication meters: begin -->\n";
    private static final String END = "<!-- replication meters: end -->\n";

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final ReplicationMetrics metrics = new ReplicationMetrics(registry);

    @Test
    void lagIsTheAgeOfWhatWasAppliedAndOfNothingElse() {
        RelayObserver observer = metrics.relayObserver("eu", "us");

        observer.ended(mutation(Operation.SET), Outcome.APPLIED, Duration.ofMillis(400));
        observer.ended(mutation(Operation.SET), Outcome.APPLIED, Duration.ofMillis(-5));
        observer.ended(mutation(Operation.SET), Outcome.SKIPPED_GONE, Duration.ofHours(1));

        var lag = registry.get("evcache.replication.lag")
                .tags("source", "eu", "target", "us")
                .timer();
        assertThat(lag.count()).isEqualTo(2);
        assertThat(lag.max(TimeUnit.MILLISECONDS)).isEqualTo(400);
        assertThat(lag.totalTime(TimeUnit.MILLISECONDS)).isEqualTo(400);
    }

    @Test
    void everyEndOfEveryOperationIsCountedAsItself() {
        RelayObserver observer = metrics.relayObserver("eu", "us");

        for (Operation operation : Operation.values()) {
            for (Outcome outcome : Outcome.values()) {
                observer.ended(mutation(operation), outcome, Duration.ZERO);
            }
        }

        assertThat(registry.find("evcache.replication.events").counters())
                .hasSize(Operation.values().length * Outcome.values().length)
                .allSatisfy(counter -> assertThat(counter.count()).isEqualTo(1));
    }

    @Test
    void relayPublisherAndAgentShowTheirBooksAsTheyAreNow() {
        AtomicReference<RelayStats> relay = new AtomicReference<>(relay(0));
        AtomicReference<PublisherStats> publisher = new AtomicReference<>(new PublisherStats(0, 0, 0, 0, 0, 0));
        AtomicReference<AgentStats> agent = new AtomicReference<>(agent(0));
        metrics.relay("eu", "us", relay::get);
        metrics.publisher("eu", publisher::get);
        metrics.agent("us", agent::get);

        relay.set(relay(1));
        publisher.set(new PublisherStats(100, 80, 3, 4, 5, 17));
        agent.set(agent(1));

        assertThat(count("evcache.replication.retried", "source", "eu")).isEqualTo(12);
        assertThat(count("evcache.replication.gap", "target", "us")).isEqualTo(13);
        assertThat(gauge("evcache.replication.inflight")).isEqualTo(11);
        assertThat(gauge("evcache.replication.backlog")).isEqualTo(14);
        assertThat(gauge("evcache.replication.link")).isEqualTo(1);
        assertThat(count("evcache.replication.published", "region", "eu")).isEqualTo(100);
        assertThat(count("evcache.replication.dropped", "reason", "failed")).isEqualTo(3);
        assertThat(count("evcache.replication.dropped", "reason", "full")).isEqualTo(4);
        assertThat(count("evcache.replication.dropped", "reason", "closed")).isEqualTo(5);
        assertThat(gauge("evcache.replication.publish.queue")).isEqualTo(17);
        assertThat(count("evcache.replication.received", "result", "applied")).isEqualTo(1);
        assertThat(count("evcache.replication.received", "result", "retry")).isEqualTo(2);
        assertThat(count("evcache.replication.received", "result", "rejected")).isEqualTo(3);
        assertThat(count("evcache.replication.missed.zones", "region", "us")).isEqualTo(4);
        assertThat(gauge("evcache.replication.connections")).isEqualTo(5);
    }

    @Test
    void everyDefinedMeterExistsWithItsTagsAndGoesWhenTheMetricsAreClosed() {
        metrics.relayObserver("eu", "us");
        metrics.relay("eu", "us", () -> relay(1));
        metrics.publisher("eu", () -> new PublisherStats(0, 0, 0, 0, 0, 0));
        metrics.agent("us", () -> agent(0));

        Set<String> names = registry.getMeters().stream()
                .map(Meter::getId)
                .map(Meter.Id::getName)
                .collect(Collectors.toSet());
        assertThat(names)
                .isEqualTo(Arrays.stream(ReplicationMeters.values())
                        .map(ReplicationMeters::meterName)
                        .collect(Collectors.toSet()));
        for (ReplicationMeters meter : ReplicationMeters.values()) {
            assertThat(registry.find(meter.meterName()).meters())
                    .isNotEmpty()
                    .allSatisfy(one -> assertThat(one.getId().getTags())
                            .extracting(Tag::getKey)
                            .containsExactlyInAnyOrderElementsOf(meter.tags()));
        }
        metrics.close();
        assertThat(registry.getMeters()).isEmpty();
    }

    /** Run with {@code -Dmetrics.page.update=true} to write it anew. */
    @Test
    void referencePageListsEveryMeterAsTheCodeDefinesIt() throws IOException {
        String page = Files.readString(PAGE);
        int begin = page.indexOf(BEGIN) + BEGIN.length();
        int end = page.indexOf(END);

        if (Boolean.getBoolean("metrics.page.update")) {
            Files.writeString(PAGE, page.substring(0, begin) + table() + page.substring(end));
        } else {
            assertThat(page.substring(begin, end)).isEqualTo(table());
        }
    }

    private static String table() {
        StringBuilder table = new StringBuilder("| Meter | Kind | Tags | Meaning |\n|---|---|---|---|\n");
        for (ReplicationMeters meter : ReplicationMeters.values()) {
            table.append(String.format(
                    "| `%s` | %s | %s | %s |%n",
                    meter.meterName(),
                    meter.kind(),
                    meter.tags().stream().map(tag -> "`" + tag + "`").collect(Collectors.joining(", ")),
                    meter.meaning()));
        }
        return table.toString();
    }

    private double count(String name, String tag, String value) {
        return registry.get(name).tags(tag, value).functionCounter().count();
    }

    private double gauge(String name) {
        return registry.get(name).gauge().value();
    }

    private static Mutation mutation(Operation operation) {
        return new Mutation(operation, Key.of("c:k"), 1, 0, 0, "eu", "", List.of());
    }

    private static RelayStats relay(long n) {
        return new RelayStats(
                n, 2 * n, 3 * n, 4 * n, 5 * n, 6 * n, 7 * n, 8 * n, 9 * n, 10 * n, 11 * n, 12 * n, 13 * n, 14 * n,
                n > 0);
    }

    private static AgentStats agent(int n) {
        return new AgentStats(n, 2L * n, 3L * n, 4L * n, new LinkServerStats(5 * n, 0, 0, 0, 0, 0));
    }
}
