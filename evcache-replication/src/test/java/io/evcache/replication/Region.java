package io.evcache.replication;

import static org.awaitility.Awaitility.await;

import io.evcache.client.EvCache;
import io.evcache.client.EvCacheClient;
import io.evcache.client.EvCacheConfig;
import io.evcache.client.pipeline.Read;
import io.evcache.client.pipeline.ReadPolicy;
import io.evcache.client.pipeline.ReadResult;
import io.evcache.core.command.Get;
import io.evcache.core.command.Lookup;
import io.evcache.core.key.Key;
import io.evcache.core.time.Backoff;
import io.evcache.core.time.Deadline;
import io.evcache.core.time.Ticker;
import io.evcache.replication.agent.ReplicationAgent;
import io.evcache.replication.kafka.GapPolicy;
import io.evcache.replication.kafka.KafkaDeadLetters;
import io.evcache.replication.kafka.KafkaMutationPublisher;
import io.evcache.replication.kafka.KafkaMutationSource;
import io.evcache.replication.link.LinkClient;
import io.evcache.replication.link.LinkConfig;
import io.evcache.replication.link.LinkServerConfig;
import io.evcache.replication.publish.ReplicationInterceptor;
import io.evcache.replication.relay.RelayConfig;
import io.evcache.replication.relay.RelayObserver;
import io.evcache.replication.relay.ReplicationRelay;
import io.evcache.testkit.EmbeddedZones;
import io.evcache.testkit.LocalKafka;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A whole region: servers, and in this JVM an application's client that publishes, and an agent; relays on demand. */
final class Region implements AutoCloseable {
    static final List<String> ZONES = List.of("a", "b", "c");
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    final String name;
    final Topics topics;
    final Servers servers;
    final String topic;
    final KafkaMutationPublisher publisher;
    final EvCacheClient client;
    private final EvCacheClient agentClient;
    private final Deque<Runnable> relays = new ArrayDeque<>();
    private @Nullable ReplicationAgent agent;
    private int agentPort;

    /** Memcached servers in the zones a, b and c. */
    record Servers(String connectString, Runnable closing) {
        static Servers embedded() {
            EmbeddedZones zones = EmbeddedZones.start(2, "a", "b", "c");
            return new Servers(zones.connectString(), zones::close);
        }
    }

    Region(String name, LocalKafka kafka) {
        this(name, kafka.bootstrapServers(), Servers.embedded());
    }

    Region(String name, String bootstrapServers, Servers servers) {
        this.name = name;
        this.topics = new Topics(bootstrapServers);
        this.servers = servers;
        this.topic = "mutations-" + name + "-" + UUID.randomUUID();
        topics.create(topic, 4);
        topics.create(topic + "-dead-letters", 1);
        publisher = KafkaMutationPublisher.connect(topics.bootstrapServers(), topic);
        client = EvCacheClient.builder(config("app"))
                .interceptor(ReplicationInterceptor.to(publisher, name)
                        .replicatingDeletes("invalidated")
                        .replicatingOutcomes("outcomes"))
                .connect();
        agentClient = EvCacheClient.connect(config("agent"));
        startAgent();
    }

    /** Patient, since the machine may be busy: no time-out here decides a test. */
    private EvCacheConfig config(String who) {
        return EvCacheConfig.builder(servers.connectString())
                .name(name + "-" + who)
                .region(name)
                .readTimeout(PATIENCE)
                .writeTimeout(PATIENCE)
                .build();
    }

    EvCache<String> cache(String cache) {
        return client.cache(cache);
    }

    ReplicationAgent agent() {
        if (agent == null) {
            throw new IllegalStateException("stopped");
        }
        return agent;
    }

    int agentPort() {
        return agentPort;
    }

    void startAgent() {
        agent = ReplicationAgent.start(LinkServerConfig.of(name, "127.0.0.1", agentPort), agentClient);
        agentPort = agent.address().getPort();
    }

    void stopAgent() {
        agent().close();
        agent = null;
    }

    /** Starts a relay from here; the caller may close it, this does at the end. */
    ReplicationRelay relayTo(Region other) {
        return relayTo(other, RelayConfig.of(name, ZONES), Map.of());
    }

    ReplicationRelay relayTo(Region other, RelayConfig config, Map<String, String> kafkaProperties) {
        return relayTo(other, other.agentPort, config, kafkaProperties);
    }

    /** Starts a relay to an agent that is not the other region's own. */
    ReplicationRelay relayTo(Region other, int port, RelayConfig config, Map<String, String> kafkaProperties) {
        LinkClient link = LinkClient.open(LinkConfig.of(name, other.name, "127.0.0.1", port)
                .withReconnect(new Backoff(Duration.ofMillis(50), Duration.ofMillis(500))));
        KafkaDeadLetters deadLetters =
                KafkaDeadLetters.to(topics.bootstrapServers(), topic + "-dead-letters", topic, Map.of());
        ReplicationRelay relay = new ReplicationRelay(
                config,
                KafkaMutationSource.of(
                        topics.bootstrapServers(), topic, groupTo(other), GapPolicy.EARLIEST, kafkaProperties),
                client.pipeline(),
                link,
                deadLetters,
                RelayObserver.disabled());
        relays.push(link::close);
        relays.push(deadLetters::close);
        relays.push(relay::close);
        relay.start();
        return relay;
    }

    String groupTo(Region other) {
        return topic + "-to-" + other.name;
    }

    /** The settings of a relay's program that ships from here. */
    Map<String, String> relaySettings(String toRegion, int toPort) {
        return Map.ofEntries(
                Map.entry("region", name),
                Map.entry("zones", servers.connectString()),
                Map.entry("read.timeout", "10s"),
                Map.entry("kafka.bootstrap", topics.bootstrapServers()),
                Map.entry("kafka.topic", topic),
                Map.entry("kafka.group", topic + "-to-" + toRegion),
                Map.entry("kafka.property.session.timeout.ms", "6000"),
                Map.entry("agent.region", toRegion),
                Map.entry("agent.address", "127.0.0.1:" + toPort));
    }

    /** The settings of an agent's program that writes here. */
    Map<String, String> agentSettings(int port) {
        return Map.of(
                "region",
                name,
                "zones",
                servers.connectString(),
                "write.timeout",
                "10s",
                "listen",
                "127.0.0.1:" + port);
    }

    /** Returns what one zone alone holds under the key. */
    Optional<Lookup.Hit> itemIn(String zone, String key) {
        Deadline deadline = Deadline.after(PATIENCE, Ticker.system());
        Get get = new Get(Key.of(key), Get.Wants.VALUE_AND_TTL.withoutBump());
        ReadResult result = agentClient
                .pipeline()
                .read(new Read("test", get, ReadPolicy.inOrder(List.of(zone)), deadline))
                .await(deadline);
        return result.lookup() instanceof Lookup.Hit hit ? Optional.of(hit) : Optional.empty();
    }

    Set<String> zonesHolding(String key) {
        return ZONES.stream().filter(zone -> itemIn(zone, key).isPresent()).collect(Collectors.toSet());
    }

    /** Waits until every zone holds all the keys from the prefix and 0 on. Each key is looked for until it is there, and then no more. */
    void awaitEverywhere(String prefix, int keys) {
        AtomicInteger next = new AtomicInteger();
        await().atMost(Duration.ofMinutes(2)).until(() -> {
            while (next.get() < keys && zonesHolding(prefix + next.get()).size() == 3) {
                next.incrementAndGet();
            }
            return next.get() == keys;
        });
    }

    /** Returns how many records the topic holds. */
    long published() {
        return topics.endOffsets(topic).values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    @Override
    public void close() {
        while (!relays.isEmpty()) {
            relays.pop().run();
        }
        if (agent != null) {
            agent.close();
        }
        client.close();
        agentClient.close();
        publisher.close(Duration.ofSeconds(1));
        servers.closing().run();
    }
}
