package io.evcache.examples.tworegions;

import io.evcache.client.EvCacheClient;
import io.evcache.replication.kafka.GapPolicy;
import io.evcache.replication.kafka.KafkaDeadLetters;
import io.evcache.replication.kafka.KafkaMutationSource;
import io.evcache.replication.link.LinkClient;
import io.evcache.replication.link.LinkConfig;
import io.evcache.replication.relay.DeadLetters;
import io.evcache.replication.relay.MutationSource;
import io.evcache.replication.relay.RelayConfig;
import io.evcache.replication.relay.RelayObserver;
import io.evcache.replication.relay.RelayStats;
import io.evcache.replication.relay.ReplicationRelay;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** The relay of one region, which can be stopped and started; its books go on over all starts. */
final class Relays implements AutoCloseable {
    private final String region;
    private final List<String> zones;
    private final Brokers.Log log;
    private final EvCacheClient cache;
    private final List<RelayStats> finished = new ArrayList<>();
    private @Nullable Running running;

    private record Running(ReplicationRelay relay, LinkClient link, DeadLetters deadLetters) implements AutoCloseable {
        @Override
        public void close() {
            relay.close();
            link.close();
            deadLetters.close();
        }
    }

    Relays(String region, List<String> zones, Brokers.Log log, EvCacheClient cache) {
        this.region = region;
        this.zones = zones;
        this.log = log;
        this.cache = cache;
    }

    void start(String remoteRegion, InetSocketAddress agent, RelayObserver observer) {
        // snippet: relay
        String group = "evcache-relay-" + region + "-to-" + remoteRegion;
        MutationSource source =
                KafkaMutationSource.of(log.bootstrap(), log.topic(), group, GapPolicy.EARLIEST, Map.of());
        DeadLetters deadLetters = KafkaDeadLetters.to(log.bootstrap(), log.deadLetters(), log.topic(), Map.of());
        LinkClient link = LinkClient.open(LinkConfig.of(region, remoteRegion, agent.getHostString(), agent.getPort()));
        ReplicationRelay relay = new ReplicationRelay(
                RelayConfig.of(region, zones), source, cache.pipeline(), link, deadLetters, observer);
        relay.start();
        // end
        running = new Running(relay, link, deadLetters);
    }

    void stop() {
        Running current = running;
        if (current != null) {
            current.close();
            finished.add(current.relay().stats());
            running = null;
        }
    }

    boolean isIdle() {
        Running current = running;
        return current != null && current.relay().stats().inFlight() == 0;
    }

    long ended() {
        return sum(RelayStats::ended);
    }

    long applied() {
        return sum(RelayStats::applied);
    }

    long coalesced() {
        return sum(RelayStats::coalesced);
    }

    private long sum(ToLongFunction<RelayStats> figure) {
        Running current = running;
        long now = current == null ? 0 : figure.applyAsLong(current.relay().stats());
        return now + finished.stream().mapToLong(figure).sum();
    }

    @Override
    public void close() {
        stop();
    }
}
