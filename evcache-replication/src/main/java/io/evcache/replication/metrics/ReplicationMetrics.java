package io.evcache.replication.metrics;

import io.evcache.client.EvCacheClient;
import io.evcache.client.metrics.MicrometerMetrics;
import io.evcache.replication.agent.AgentStats;
import io.evcache.replication.publish.PublisherStats;
import io.evcache.replication.relay.RelayObserver;
import io.evcache.replication.relay.RelayStats;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.Tag;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * Meters of replication in a Micrometer registry: of the publisher inside an application, of a relay, of an agent. {@code docs/reference/metrics.md} lists them all.
 *
 * <p>Counts are taken from the parts' own books whenever the registry asks, so nothing is counted twice; only the age of what was shipped, and how single mutations ended, is heard by an observer, which the relay is
 * given when it is made:
 *
 * <pre>{@code
 * ReplicationMetrics metrics = new ReplicationMetrics(registry);
 * ReplicationRelay relay = new ReplicationRelay(…, metrics.relayObserver("eu", "us"), …);
 * metrics.relay("eu", "us", relay::stats);
 * }</pre>
 *
 * <p>Needs {@code io.micrometer:micrometer-core} on the class path. Thread-safe.
 */
public final class ReplicationMetrics implements AutoCloseable {
    private final MeterRegistry registry;
    private final Queue<Meter> meters = new ConcurrentLinkedQueue<>();
    private final Queue<MicrometerMetrics> clients = new ConcurrentLinkedQueue<>();

    /** Creates what has registered nothing yet. */
    public ReplicationMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    /**
     * Returns meters in Micrometer's global registry, which keeps nothing until somebody adds a registry to it: what the programs do, since nobody can hand them one.
     *
     * @throws NoClassDefFoundError if Micrometer is not on the class path
     */
    public static ReplicationMetrics inGlobalRegistry() {
        return new ReplicationMetrics(Metrics.globalRegistry);
    }

    /** Shows the client that a relay reads or an agent writes with, by the meters of {@link MicrometerMetrics}, until that client or this is closed. */
    public void client(EvCacheClient client) {
        clients.add(MicrometerMetrics.bind(client, registry));
    }

    /** Returns the observer that times and counts what a relay ships. */
    public RelayObserver relayObserver(String source, String target) {
        return new MeteredRelay(registry, meters::add, source, target);
    }

    /** Shows the books of a relay; the supplier is called whenever the registry asks. */
    public void relay(String source, String target, Supplier<RelayStats> stats) {
        counter(ReplicationMeters.RETRIED, stats, RelayStats::retried, source, target);
        counter(ReplicationMeters.GAP, stats, RelayStats::gap, source, target);
        gauge(ReplicationMeters.IN_FLIGHT, stats, RelayStats::inFlight, source, target);
        gauge(ReplicationMeters.BACKLOG, stats, RelayStats::lag, source, target);
        gauge(ReplicationMeters.LINK, stats, now -> now.linkReady() ? 1 : 0, source, target);
    }

    /** Shows the books of an application's publisher. */
    public void publisher(String region, Supplier<PublisherStats> stats) {
        counter(ReplicationMeters.PUBLISHED, stats, PublisherStats::published, region);
        counter(ReplicationMeters.DROPPED, stats, PublisherStats::droppedFull, region, "full");
        counter(ReplicationMeters.DROPPED, stats, PublisherStats::droppedClosed, region, "closed");
        counter(ReplicationMeters.DROPPED, stats, PublisherStats::failed, region, "failed");
        gauge(ReplicationMeters.QUEUE, stats, PublisherStats::pending, region);
    }

    /** Shows the books of an agent. */
    public void agent(String region, Supplier<AgentStats> stats) {
        counter(ReplicationMeters.RECEIVED, stats, AgentStats::applied, region, "applied");
        counter(ReplicationMeters.RECEIVED, stats, AgentStats::retry, region, "retry");
        counter(ReplicationMeters.RECEIVED, stats, AgentStats::rejected, region, "rejected");
        counter(ReplicationMeters.MISSED_ZONES, stats, AgentStats::missedZones, region);
        gauge(ReplicationMeters.CONNECTIONS, stats, now -> now.link().connections(), region);
    }

    /** Removes all meters from the registry. Idempotent. */
    @Override
    public void close() {
        for (Meter meter = meters.poll(); meter != null; meter = meters.poll()) {
            registry.remove(meter);
        }
        for (MicrometerMetrics client = clients.poll(); client != null; client = clients.poll()) {
            client.close();
        }
    }

    /** The registry itself holds what a counter asks only weakly. What keeps it is the gauge that each part has beside its counters. */
    private <S> void counter(ReplicationMeters meter, Supplier<S> stats, ToDoubleFunction<S> count, String... values) {
        meters.add(FunctionCounter.builder(meter.meterName(), stats, now -> count.applyAsDouble(now.get()))
                .description(meter.meaning())
                .tags(tags(meter, values))
                .register(registry));
    }

    private <S> void gauge(ReplicationMeters meter, Supplier<S> stats, ToDoubleFunction<S> value, String... values) {
        meters.add(Gauge.builder(meter.meterName(), () -> value.applyAsDouble(stats.get()))
                .description(meter.meaning())
                .tags(tags(meter, values))
                .register(registry));
    }

    static List<Tag> tags(ReplicationMeters meter, String... values) {
        List<Tag> tags = new ArrayList<>();
        for (int i = 0; i < values.length; i++) {
            tags.add(Tag.of(meter.tags().get(i), values[i]));
        }
        return tags;
    }
}
