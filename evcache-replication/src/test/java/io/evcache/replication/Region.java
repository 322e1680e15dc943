package io.evcache.replication;

import static org.awaitility.Awaitility.await;

import io.evcache.client.EvCache;
import io.evcache.client.EvCacheClient;
import io.evcache.client.EvCacheConfig;
import io.evcache.core.time.Backoff;
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
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A whole region in this JVM: zones, an application's client that publishes, and an agent; relays on demand. */
final class Region implements AutoCloseable {
    final String name;
    final LocalKafka kafka;
    final EmbeddedZones zones = EmbeddedZones.start(2, "a", "b", "c");
    final String topic;
    final KafkaMutationPublisher publisher;
    final EvCacheClient client;
    private final EvCacheClient agentClient;
    private final Deque<Runnable> relays = new ArrayDeque<>();
    private @Nullable ReplicationAgent agent;
    private int agentPort;

    Region(String name, LocalKafka kafka) {
        this.name = name;
        this.kafka = kafka;
        this.topic = "mutations-" + name + "-" + UUID.randomUUID();
        kafka.createTopic(topic, 4);
        kafka.createTopic(topic + "-dead-letters", 1);
        publisher = KafkaMutationPublisher.connect(kafka.bootstrapServers(), topic);
        client = EvCacheClient.builder(config("app"))
                .interceptor(ReplicationInterceptor.to(publisher, name).replicatingDeletes("invalidated"))
                .connect();
        agentClient = EvCacheClient.connect(config("agent"));
        startAgent();
    }

    /** Patient, since the machine may be busy: no time-out here decides a test. */
    private EvCacheConfig config(String who) {
        return EvCacheConfig.builder(zones.connectString())
                .name(name + "-" + who)
                .region(name)
                .readTimeout(Duration.ofSeconds(10))
                .writeTimeout(Duration.ofSeconds(10))
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
        LinkClient link = LinkClient.open(LinkConfig.of(name, other.name, "127.0.0.1", other.agentPort)
                .withReconnect(new Backoff(Duration.ofMillis(50), Duration.ofMillis(500))));
        KafkaDeadLetters deadLetters =
                KafkaDeadLetters.to(kafka.bootstrapServers(), topic + "-dead-letters", topic, Map.of());
        ReplicationRelay relay = new ReplicationRelay(
                RelayConfig.of(name, List.of("a", "b", "c")),
                KafkaMutationSource.of(kafka.bootstrapServers(), topic, groupTo(other), GapPolicy.EARLIEST, Map.of()),
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

    /** Waits until every zone holds all the keys from the prefix and 0 on. Each key is looked for until it is there, and then no more. */
    void awaitEverywhere(String prefix, int keys) {
        AtomicInteger next = new AtomicInteger();
        await().atMost(Duration.ofMinutes(2)).until(() -> {
            while (next.get() < keys && zones.zonesHolding(prefix + next.get()).size() == 3) {
                next.incrementAndGet();
            }
            return next.get() == keys;
        });
    }

    /** Returns how many records the topic holds. */
    long published() {
        return kafka.endOffsets(topic).values().stream()
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
        zones.close();
    }
}
