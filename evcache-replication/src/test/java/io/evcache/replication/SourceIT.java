package io.evcache.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.evcache.replication.relay.RelayConfig;
import io.evcache.replication.relay.ReplicationRelay;
import io.evcache.testkit.LocalKafka;
import io.evcache.testkit.LocalKafkaExtension;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The log seen by running relays: too much of it, too little of it, shared with others, and its broker killed. */
class SourceIT {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final int LIMIT = 100;
    private static final int POLLED = 50;
    private static final int KEYS = 600;

    @RegisterExtension
    static final LocalKafkaExtension kafka = LocalKafkaExtension.shared();

    @Test
    void relayThatCannotShipStopsReadingKeepsItsPartitionsAndGoesOn() {
        try (Region eu = new Region("eu", kafka.broker());
                Region us = new Region("us", kafka.broker())) {
            ReplicationRelay relay = fullRelay(eu, us);

            assertThat(relay.stats().consumed()).isLessThan(LIMIT + POLLED);
            for (int i = KEYS; i < 2 * KEYS; i++) {
                eu.cache("full").set("k" + i, "v" + i, HOUR);
            }
            // The backlog is seen to grow although nothing is read.
            await().atMost(PATIENCE)
                    .until(() -> relay.stats().lag() + relay.stats().consumed() == 2 * KEYS);
            us.startAgent();

            us.awaitEverywhere("full:k", 2 * KEYS);
            await().atMost(PATIENCE).until(() -> relay.stats().inFlight() == 0);
            assertThat(relay.stats().applied()).isEqualTo(2 * KEYS);
            assertThat(relay.stats().abandoned()).isZero();
        }
    }

    /** A restart counted the same records again, until something later was committed. */
    @Test
    void recordsThatRetentionTakesFromARunningRelayAreCountedExactlyAndOnce() {
        try (Region eu = new Region("eu", kafka.broker());
                Region us = new Region("us", kafka.broker())) {
            ReplicationRelay relay = fullRelay(eu, us);

            eu.topics.deleteAll(eu.topic);
            us.startAgent();

            await().atMost(PATIENCE)
                    .until(() -> relay.stats().gap() + relay.stats().consumed() == KEYS);
            await().atMost(PATIENCE).until(() -> relay.stats().inFlight() == 0);
            assertThat(relay.stats().gap()).isPositive();
            assertThat(relay.stats().applied()).isEqualTo(relay.stats().consumed());
            eu.cache("full").set("later", "v", HOUR);
            await().atMost(PATIENCE).until(() -> us.zonesHolding("full:later").size() == 3);
            relay.close();
            ReplicationRelay next = eu.relayTo(us);
            eu.cache("full").set("afterwards", "v", HOUR);
            await().atMost(PATIENCE)
                    .until(() -> us.zonesHolding("full:afterwards").size() == 3);
            assertThat(next.stats().gap()).isZero();
            assertThat(next.stats().consumed()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void relaysThatComeAndGoLoseNothingAndLeaveNoPartitionAlone(String protocol) {
        try (Region eu = new Region("eu", kafka.broker());
                Region us = new Region("us", kafka.broker())) {
            Map<String, String> properties = Map.of("group.protocol", protocol);
            RelayConfig config = RelayConfig.of("eu", Region.ZONES);
            Deque<ReplicationRelay> relays = new ArrayDeque<>();
            int key = 0;
            for (int change : new int[] {+1, +1, -1, +1, -1}) {
                for (int i = 0; i < 100; i++) {
                    eu.cache("shared").set("k" + key++, "v", HOUR);
                }
                if (change > 0) {
                    relays.addLast(eu.relayTo(us, config, properties));
                } else {
                    relays.removeFirst().close();
                }
                for (int i = 0; i < 100; i++) {
                    eu.cache("shared").set("k" + key++, "v", HOUR);
                }
                // A hundred keys are in all partitions, so one that nobody reads would show.
                us.awaitEverywhere("shared:k", key);
            }

            ReplicationRelay last = relays.element();
            await().atMost(PATIENCE).until(() -> last.stats().inFlight() == 0);
            assertThat(last.stats().consumed()).isEqualTo(last.stats().ended());
            assertThat(eu.publisher.stats().lost()).isZero();
        }
    }

    @Test
    void brokerThatIsKilledWhileRelaysRunLosesNothing() {
        try (LocalKafka broker = LocalKafka.fork();
                Region eu = new Region("eu", broker);
                Region us = new Region("us", broker)) {
            ReplicationRelay relay = eu.relayTo(us);
            set(eu, 0, 200);
            await().atMost(PATIENCE).until(() -> relay.stats().consumed() > 0);

            broker.kill();
            set(eu, 200, 400);
            broker.restart();
            set(eu, 400, 600);

            us.awaitEverywhere("broker:k", 600);
            await().atMost(PATIENCE).until(() -> relay.stats().inFlight() == 0);
            assertThat(eu.publisher.stats().lost()).isZero();
            assertThat(relay.stats().gap()).isZero();
        }
    }

    private static void set(Region region, int from, int to) {
        for (int i = from; i < to; i++) {
            region.cache("broker").set("k" + i, "v" + i, HOUR);
        }
    }

    /** Returns a relay that has read as much as it may, has more before it, and nobody to ship to. */
    private static ReplicationRelay fullRelay(Region eu, Region us) {
        RelayConfig config = RelayConfig.of("eu", Region.ZONES).withLimits(LIMIT, 4_096, 64L << 20);
        us.stopAgent();
        for (int i = 0; i < KEYS; i++) {
            eu.cache("full").set("k" + i, "v" + i, HOUR);
        }
        await().atMost(PATIENCE).until(() -> eu.publisher.stats().acked() == KEYS);
        // One batch of records at a time: what has been fetched cannot be taken by retention any more.
        ReplicationRelay relay = eu.relayTo(
                us, config, Map.of("max.poll.records", Integer.toString(POLLED), "max.partition.fetch.bytes", "1"));
        await().atMost(PATIENCE).until(() -> relay.stats().consumed() >= LIMIT);
        await().atMost(PATIENCE).until(() -> relay.stats().lag() + relay.stats().consumed() == KEYS);
        return relay;
    }
}
