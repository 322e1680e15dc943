package io.evcache.replication.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.evcache.client.EvCache;
import io.evcache.client.EvCacheClient;
import io.evcache.client.EvCacheConfig;
import io.evcache.core.value.Codec;
import io.evcache.replication.agent.ReplicationAgent;
import io.evcache.replication.link.LinkClient;
import io.evcache.replication.link.LinkConfig;
import io.evcache.replication.link.LinkServerConfig;
import io.evcache.replication.mutation.Mutation;
import io.evcache.replication.mutation.MutationCodec;
import io.evcache.replication.publish.MutationPublisher;
import io.evcache.replication.publish.PublisherStats;
import io.evcache.replication.publish.ReplicationInterceptor;
import io.evcache.replication.relay.DeadLetters;
import io.evcache.replication.relay.MutationSource;
import io.evcache.replication.relay.RelayConfig;
import io.evcache.replication.relay.RelayObserver;
import io.evcache.replication.relay.ReplicationRelay;
import io.evcache.replication.relay.SourceRecord;
import io.evcache.testkit.EmbeddedZones;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Two regions in this JVM, configured as by the files of the two programs; a queue stands for Kafka. */
class LargeValuesReplicatedTest {

    @Test
    void valueInChunksIsShippedWholeAndCutAnewInTheOtherRegion() throws Exception {
        byte[] big = new byte[2_500_000];
        new Random(1).nextBytes(big);
        QueuedLog log = new QueuedLog();
        try (EmbeddedZones here = EmbeddedZones.start(2, "a", "b");
                EmbeddedZones there = EmbeddedZones.start(2, "x", "y");
                EvCacheClient application = EvCacheClient.builder(config(here, "eu", "1000000"))
                        .interceptor(ReplicationInterceptor.to(log, "eu"))
                        .connect();
                EvCacheClient reading = EvCacheClient.connect(config(here, "eu", "1000000"));
                EvCacheClient writing = EvCacheClient.connect(config(there, "us", "400000"));
                ReplicationAgent agent = ReplicationAgent.start(LinkServerConfig.of("us", "127.0.0.1", 0), writing);
                LinkClient link = LinkClient.open(
                        LinkConfig.of("eu", "us", "127.0.0.1", agent.address().getPort()));
                ReplicationRelay relay = new ReplicationRelay(
                        RelayConfig.of("eu", List.of("a", "b")).withMaxValueBytes(3 << 20),
                        log,
                        reading.pipeline(),
                        link,
                        new NoDeadLetters(),
                        RelayObserver.disabled())) {
            EvCache<byte[]> cache = application.cache("big", Codec.bytes());
            relay.start();

            assertThat(cache.set("k/1", big, Duration.ofHours(1))).isTrue();
            log.deliverOne();

            await().atMost(Duration.ofSeconds(30)).until(() -> relay.stats().applied() == 1);
            // One zone is enough for that. A read that finds nothing in the other puts chunks of its own there.
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> there.zonesHolding("big:k/1").containsAll(List.of("x", "y")));
            EvCache<byte[]> copy = writing.cache("big", Codec.bytes());
            assertThat(copy.get("k/1")).isEqualTo(big);
            assertThat(items(here, "a")).isEqualTo(1 + 3);
            assertThat(items(there, "x")).isEqualTo(1 + 7);
        }
    }

    /** It was tried for hours. */
    @Test
    void valueOverTheRelaysLimitIsSkipped() throws Exception {
        QueuedLog log = new QueuedLog();
        try (EmbeddedZones here = EmbeddedZones.start(1, "a", "b");
                EmbeddedZones there = EmbeddedZones.start(1, "x")) {
            Settings settings = settings(here, "eu", Map.of("max.value.bytes", "1000"));
            EvCacheConfig config = ZoneSettings.read(settings, "test");
            try (EvCacheClient application = EvCacheClient.builder(EvCacheConfig.parse(here.connectString()))
                            .interceptor(ReplicationInterceptor.to(log, "eu"))
                            .connect();
                    EvCacheClient reading = EvCacheClient.connect(config);
                    EvCacheClient writing = EvCacheClient.connect(EvCacheConfig.parse(there.connectString()));
                    ReplicationAgent agent =
                            ReplicationAgent.start(LinkServerConfig.of("us", "127.0.0.1", 0), writing);
                    LinkClient link = LinkClient.open(LinkConfig.of(
                            "eu", "us", "127.0.0.1", agent.address().getPort()));
                    ReplicationRelay relay = new ReplicationRelay(
                            RelayMain.relayConfig(settings, config),
                            log,
                            reading.pipeline(),
                            link,
                            new NoDeadLetters(),
                            RelayObserver.disabled())) {
                relay.start();

                assertThat(application.cache("big", Codec.bytes()).set("k", new byte[5_000], Duration.ofHours(1)))
                        .isTrue();
                log.deliverOne();

                await().atMost(Duration.ofSeconds(30)).until(() -> relay.stats().skippedTooLarge() == 1);
            }
        }
    }

    private static int items(EmbeddedZones zones, String zone) {
        return zones.nodes(zone).stream().mapToInt(node -> node.itemCount()).sum();
    }

    private static EvCacheConfig config(EmbeddedZones zones, String region, String chunkBytes) {
        Map<String, String> large = Map.of(
                "keep.together.before", "/",
                "big.values.max.bytes", "8388608",
                "big.values.chunk.bytes", chunkBytes);
        Settings settings = settings(zones, region, large);
        EvCacheConfig config = ZoneSettings.read(settings, "test");
        settings.check();
        return config;
    }

    private static Settings settings(EmbeddedZones zones, String region, Map<String, String> others) {
        Properties file = new Properties();
        file.setProperty("region", region);
        file.setProperty("zones", zones.connectString());
        file.setProperty("read.timeout", "10s");
        file.setProperty("write.timeout", "10s");
        file.putAll(others);
        return new Settings(file);
    }

    /** What is published can be delivered; all deliveries are on the thread of the test. */
    private static final class QueuedLog implements MutationPublisher, MutationSource {
        private final BlockingQueue<Mutation> published = new LinkedBlockingQueue<>();
        private @Nullable Intake intake;

        @Override
        public void publish(Mutation mutation) {
            published.add(mutation);
        }

        @Override
        public PublisherStats stats() {
            return new PublisherStats(0, 0, 0, 0, 0, 0);
        }

        @Override
        public void start(Intake relay) {
            relay.assigned(0, 0);
            intake = relay;
        }

        void deliverOne() throws InterruptedException {
            Mutation mutation = Objects.requireNonNull(published.poll(30, TimeUnit.SECONDS), "published");
            SourceRecord only = new SourceRecord(0, 0, mutation.keyBytes(), MutationCodec.encode(mutation));
            Objects.requireNonNull(intake).records(List.of(only));
        }

        @Override
        public long lag() {
            return published.size();
        }

        @Override
        public void close() {
            if (intake != null) {
                intake.revoked(Set.of(0));
            }
        }
    }

    private static final class NoDeadLetters implements DeadLetters {
        @Override
        public CompletableFuture<Void> keep(SourceRecord dead, String reason) {
            throw new AssertionError(dead + ": " + reason);
        }

        @Override
        public void close() {}
    }
}
