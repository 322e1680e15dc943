package io.evcache.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.evcache.client.EvCache;
import io.evcache.testkit.LocalKafkaExtension;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A relay in a process of its own is killed at any instant; what it had not committed, its successor ships. */
@Tag("slow")
class RelayKilledIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int KILLS = 3;
    private static final int KEYS = 6_000;

    @RegisterExtension
    static final LocalKafkaExtension kafka = LocalKafkaExtension.shared();

    @Test
    @Timeout(400)
    void killedRelayLosesNothing(@TempDir Path directory) throws Exception {
        try (Region eu = new Region("eu", kafka.broker());
                Region us = new Region("us", kafka.broker())) {
            EvCache<String> cache = eu.cache("killed");
            Random random = new Random(3);
            int key = 0;
            for (int kill = 0; kill < KILLS; kill++) {
                try (RelayProcess relay = RelayProcess.start(directory, settings(eu, us))) {
                    long before = us.agent().stats().applied();
                    await().atMost(PATIENCE).until(() -> {
                        cache.set("first", "v", Duration.ofHours(1));
                        return us.agent().stats().applied() > before;
                    });
                    int until = key + KEYS / KILLS - random.nextInt(100);
                    for (; key < until; key++) {
                        cache.set("k" + key, "v" + key, Duration.ofHours(1));
                    }
                    relay.kill();
                }
            }
            for (; key < KEYS; key++) {
                cache.set("k" + key, "v" + key, Duration.ofHours(1));
            }

            try (RelayProcess last = RelayProcess.start(directory, settings(eu, us))) {
                us.awaitEverywhere("killed:k", KEYS);
                for (int i = 0; i < KEYS; i++) {
                    assertThat(us.cache("killed").get("k" + i)).isEqualTo("v" + i);
                }
                assertThat(last.terminate()).as("SIGTERM closes in order").isEqualTo(128 + 15);
            }
            assertThat(eu.publisher.stats().lost()).isZero();
            assertThat(us.agent().stats().rejected()).isZero();
            assertThat(kafka.broker().endOffsets(eu.topic + "-dead-letters")).isEqualTo(Map.of(0, 0L));
        }
    }

    private static Map<String, String> settings(Region from, Region to) {
        return Map.ofEntries(
                Map.entry("region", from.name),
                Map.entry("zones", from.zones.connectString()),
                Map.entry("read.timeout", "10s"),
                Map.entry("kafka.bootstrap", kafka.bootstrapServers()),
                Map.entry("kafka.topic", from.topic),
                Map.entry("kafka.group", from.groupTo(to)),
                Map.entry("kafka.property.session.timeout.ms", "6000"),
                Map.entry("agent.region", to.name),
                Map.entry("agent.address", "127.0.0.1:" + to.agentPort()));
    }
}
