package io.evcache.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.evcache.client.EvCache;
import io.evcache.replication.app.RelayMain;
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
class RelayKilledIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @RegisterExtension
    static final LocalKafkaExtension kafka = LocalKafkaExtension.shared();

    @Test
    void killedRelayLosesNothing(@TempDir Path directory) throws Exception {
        killRelays(directory, 1, 1_000);
    }

    @Test
    @Tag("slow")
    @Timeout(400)
    void relaysThatAreKilledOneAfterTheOtherLoseNothing(@TempDir Path directory) throws Exception {
        killRelays(directory, 3, 6_000);
    }

    private static void killRelays(Path directory, int kills, int keys) throws Exception {
        try (Region eu = new Region("eu", kafka.broker());
                Region us = new Region("us", kafka.broker())) {
            Map<String, String> settings = eu.relaySettings("us", us.agentPort());
            EvCache<String> cache = eu.cache("killed");
            Random random = new Random(3);
            int key = 0;
            for (int kill = 0; kill < kills; kill++) {
                try (ProgramProcess relay = ProgramProcess.start(RelayMain.class, directory, settings)) {
                    long before = us.agent().stats().applied();
                    await().atMost(PATIENCE).until(() -> {
                        cache.set("first", "v", Duration.ofHours(1));
                        return us.agent().stats().applied() > before;
                    });
                    int until = key + keys / kills - random.nextInt(100);
                    for (; key < until; key++) {
                        cache.set("k" + key, "v" + key, Duration.ofHours(1));
                    }
                    relay.kill();
                }
            }
            for (; key < keys; key++) {
                cache.set("k" + key, "v" + key, Duration.ofHours(1));
            }

            try (ProgramProcess last = ProgramProcess.start(RelayMain.class, directory, settings)) {
                us.awaitEverywhere("killed:k", keys);
                for (int i = 0; i < keys; i++) {
                    assertThat(us.cache("killed").get("k" + i)).isEqualTo("v" + i);
                }
                assertThat(last.terminate()).as("SIGTERM closes in order").isEqualTo(128 + 15);
            }
            assertThat(eu.publisher.stats().lost()).isZero();
            assertThat(us.agent().stats().rejected()).isZero();
            assertThat(eu.topics.endOffsets(eu.topic + "-dead-letters")).isEqualTo(Map.of(0, 0L));
        }
    }
}
