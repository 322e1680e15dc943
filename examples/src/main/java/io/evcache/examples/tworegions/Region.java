package io.evcache.examples.tworegions;

import io.evcache.client.EvCache;
import io.evcache.client.EvCacheClient;
import io.evcache.client.EvCacheConfig;
import io.evcache.client.pipeline.Read;
import io.evcache.client.pipeline.ReadPolicy;
import io.evcache.client.pipeline.ReadResult;
import io.evcache.core.command.Get;
import io.evcache.core.command.Lookup;
import io.evcache.core.error.EvCacheException;
import io.evcache.core.key.KeyScheme;
import io.evcache.core.time.Deadline;
import io.evcache.core.time.Ticker;
import io.evcache.core.value.Codec;
import io.evcache.replication.agent.ReplicationAgent;
import io.evcache.replication.kafka.KafkaMutationPublisher;
import io.evcache.replication.link.LinkServerConfig;
import io.evcache.replication.publish.PublisherStats;
import io.evcache.replication.publish.ReplicationInterceptor;
import io.evcache.replication.relay.RelayObserver;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One region: servers in three zones, the application's client, which publishes what it sets, and a second client without a publisher, through which the agent writes and the relay reads.
 */
final class Region implements AutoCloseable {
    private static final String CACHE = "demo";
    private static final int NODES_PER_ZONE = 2;
    private static final KeyScheme KEYS = KeyScheme.namespaced(CACHE);

    private final String name;
    private final List<String> zones;
    private final Servers servers;
    private final Brokers.Log log;
    private final KafkaMutationPublisher publisher;
    private final EvCacheClient client;
    private final EvCacheClient unpublished;
    private final ReplicationAgent agent;
    private final EvCache<String> cache;
    private final Relays relays;
    private final Expected expected = new Expected();

    private Region(String name, Options options, Brokers brokers) {
        this.name = name;
        this.zones = Stream.of("a", "b", "c").map(zone -> name + "-" + zone).toList();
        this.servers = Servers.start(options.realMemcached(), NODES_PER_ZONE, zones.toArray(String[]::new));
        this.log = brokers.log(name);
        // snippet: publishing
        EvCacheConfig config =
                EvCacheConfig.builder(servers.connectString()).region(name).build();
        this.publisher = KafkaMutationPublisher.connect(log.bootstrap(), log.topic());
        this.client = EvCacheClient.builder(config)
                .interceptor(ReplicationInterceptor.to(publisher, name))
                .connect();
        // end
        // snippet: agent
        this.unpublished = EvCacheClient.connect(config);
        this.agent = ReplicationAgent.start(LinkServerConfig.of(name, "127.0.0.1", 0), unpublished);
        // end
        this.cache = client.cache(CACHE);
        this.relays = new Relays(name, zones, log, unpublished);
    }

    static Region start(String name, Options options, Brokers brokers) {
        return new Region(name, options, brokers);
    }

    /** Starts a relay that ships what is set here to the other region's agent. */
    void startRelay(Region other, RelayObserver observer) {
        relays.start(other.name, other.agent.address(), observer);
    }

    void stopRelay() {
        relays.stop();
    }

    /** Returns whether every mutation of this region has ended. */
    boolean isDrained() {
        PublisherStats published = publisher.stats();
        return published.pending() == 0 && relays.ended() >= published.acked() && relays.isIdle();
    }

    Totals totals() {
        PublisherStats published = publisher.stats();
        return new Totals(
                published.acked(),
                published.lost(),
                relays.applied(),
                relays.coalesced(),
                relays.ended() - relays.applied() - relays.coalesced(),
                agent.stats().applied());
    }

    /** Returns what this zone alone holds under the key. */
    Optional<String> valueIn(String zone, String key) {
        Deadline deadline = Deadline.after(Duration.ofSeconds(1), Ticker.system());
        Read read = new Read(CACHE, Get.of(KEYS.key(key)), ReadPolicy.inOrder(List.of(zone)), deadline);
        try {
            ReadResult result = unpublished.pipeline().read(read).await(deadline);
            return result.lookup() instanceof Lookup.Hit hit
                    ? Optional.of(Codec.utf8().decode(hit.value()))
                    : Optional.empty();
        } catch (EvCacheException e) {
            return Optional.empty();
        }
    }

    Expected expected() {
        return expected;
    }

    List<String> zones() {
        return zones;
    }

    Servers servers() {
        return servers;
    }

    EvCacheClient client() {
        return client;
    }

    EvCache<String> cache() {
        return cache;
    }

    @Override
    public void close() {
        relays.close();
        agent.close();
        client.close();
        publisher.close();
        unpublished.close();
        servers.close();
    }

    @Override
    public String toString() {
        return name;
    }
}
