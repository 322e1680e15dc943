package io.evcache.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.evcache.client.EvCache;
import io.evcache.replication.app.AgentMain;
import io.evcache.replication.relay.RelayConfig;
import io.evcache.replication.relay.RelayStats;
import io.evcache.replication.relay.ReplicationRelay;
import io.evcache.testkit.LocalKafkaExtension;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The agent's program in a process of its own: how it starts and ends, and what its death costs. */
class AgentProcessIT {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final int KILLS = 3;
    private static final int KEYS = 400;

    @RegisterExtension
    static final LocalKafkaExtension kafka = LocalKafkaExtension.shared();

    @TempDir
    private Path directory;

    private Region eu;
    private Region us;

    @BeforeEach
    void open() {
        eu = new Region("eu", kafka.broker());
        us = new Region("us", kafka.broker());
    }

    @AfterEach
    void close() {
        eu.close();
        us.close();
    }

    @Test
    void agentThatIsKilledUnderLoadLosesNothing() throws Exception {
        EvCache<String> cache = eu.cache("killed");
        ProgramProcess agent = start(0);
        int port = port(agent);
        ReplicationRelay relay = relayTo(port);
        try {
            for (int kill = 0; kill < KILLS; kill++) {
                await().atMost(PATIENCE).until(() -> relay.stats().linkReady());
                for (int i = 0; i < KEYS; i++) {
                    cache.set("k" + i, "v" + kill, HOUR);
                    cache.set("only" + (kill * KEYS + i), "v", HOUR);
                    if (i == KEYS / 2) {
                        agent.kill();
                    }
                }
                agent = start(port);
            }

            us.awaitEverywhere("killed:only", KILLS * KEYS);
            await().atMost(PATIENCE)
                    .until(() -> relay.stats().inFlight() == 0 && relay.stats().lag() == 0);
            for (int i = 0; i < KEYS; i++) {
                assertThat(us.cache("killed").get("k" + i)).isEqualTo("v" + (KILLS - 1));
            }
            assertThat(agent.terminate()).as("SIGTERM closes in order").isEqualTo(128 + 15);
        } finally {
            agent.close();
        }
        RelayStats stats = relay.stats();
        assertThat(stats.retried()).as("%s", stats).isPositive();
        assertThat(stats.applied() + stats.coalesced()).as("%s", stats).isEqualTo(2L * KILLS * KEYS);
    }

    @Test
    void agentThatHangsIsLeftAndWhatItHadNotAnsweredIsSentAgain() throws Exception {
        try (ProgramProcess agent = start(0)) {
            ReplicationRelay relay = relayTo(port(agent));
            await().atMost(PATIENCE).until(() -> relay.stats().linkReady());

            agent.signal("STOP");
            for (int i = 0; i < KEYS; i++) {
                eu.cache("hung").set("k" + i, "v" + i, HOUR);
            }
            await().atMost(PATIENCE).until(() -> !relay.stats().linkReady());
            assertThat(relay.stats().inFlight()).isEqualTo(KEYS);
            agent.signal("CONT");

            us.awaitEverywhere("hung:k", KEYS);
            await().atMost(PATIENCE).until(() -> relay.stats().inFlight() == 0);
            assertThat(relay.stats().applied()).isEqualTo(KEYS);
        }
    }

    @Test
    void agentThatCannotStartSaysEverythingThatIsWrongAndExits() throws Exception {
        ProgramProcess.Failed nothing =
                ProgramProcess.startInVain(AgentMain.class, directory, Map.of("listen", "nonsense", "zone", "a"));
        assertThat(nothing.exitCode()).isEqualTo(2);
        assertThat(nothing.errors())
                .contains("region is missing", "zones is missing", "listen must be host:port", "did you mean zones?");

        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            ProgramProcess.Failed busy =
                    ProgramProcess.startInVain(AgentMain.class, directory, us.agentSettings(taken.getLocalPort()));
            assertThat(busy.exitCode()).isEqualTo(1);
            assertThat(busy.errors()).contains("already in use");
        }
    }

    private ProgramProcess start(int port) throws IOException {
        return ProgramProcess.start(AgentMain.class, directory, us.agentSettings(port));
    }

    private static int port(ProgramProcess agent) {
        assertThat(agent.ready()).matches("127\\.0\\.0\\.1:\\d+");
        return Integer.parseInt(agent.ready().substring(agent.ready().indexOf(':') + 1));
    }

    private ReplicationRelay relayTo(int port) {
        return eu.relayTo(us, port, RelayConfig.of(eu.name, Region.ZONES), Map.of());
    }
}
