package io.evcache.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.ConnectException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class LocalKafkaTest {
    @RegisterExtension
    static final LocalKafkaExtension kafka = LocalKafkaExtension.shared();

    private final String topic = "topic-" + UUID.randomUUID();

    @Test
    void whatIsProducedIsConsumedAndCounted() throws Exception {
        List<String> values = Records.values(100);
        kafka.broker().createTopic(topic, 3);

        Records.produce(kafka.bootstrapServers(), topic, values);

        assertThat(Records.consume(kafka.bootstrapServers(), topic, 100)).isEqualTo(values);
        assertThat(kafka.broker().endOffsets(topic)).isEqualTo(Map.of(0, 100L, 1, 0L, 2, 0L));
    }

    @Test
    void stoppedBrokerRefusesAndHasItsRecordsOnTheSamePortAfterARestart() throws Exception {
        LocalKafka broker = kafka.broker();
        String address = broker.bootstrapServers();
        broker.createTopic(topic, 1);
        Records.produce(broker.bootstrapServers(), topic, Records.values(10));

        broker.stop();
        broker.stop();

        assertThat(broker.isRunning()).isFalse();
        assertThatThrownBy(() -> new LineClient(address)).hasCauseInstanceOf(ConnectException.class);

        broker.restart();

        assertThat(broker.bootstrapServers()).isEqualTo(address);
        assertThat(Records.consume(broker.bootstrapServers(), topic, 10)).isEqualTo(Records.values(10));
    }

    @Test
    void twoBrokersInOneJvmAreTwoClusters() {
        try (LocalKafka other = LocalKafka.start()) {
            kafka.broker().createTopic(topic, 1);

            other.createTopic(topic, 2);

            assertThat(kafka.broker().endOffsets(topic)).hasSize(1);
            assertThat(other.endOffsets(topic)).hasSize(2);
        }
    }

    @Test
    void clientsOfABrokerThatAdvertisesAProxyGoThroughIt() throws Exception {
        try (FaultProxy proxy = FaultProxy.to("127.0.0.1:1");
                LocalKafka other = LocalKafka.start(Map.of("advertised.listeners", "BROKER://" + proxy.address()))) {
            proxy.target(other.bootstrapServers());
            other.createTopic(topic, 1);
            long requestBytes = proxy.toServer().bytes();

            Records.produce(other.bootstrapServers(), topic, Records.values(100));

            assertThat(proxy.toServer().bytes()).isGreaterThan(requestBytes + 1_000);
        }
    }

    @Test
    void refusedTopicNamesTheTopic() {
        kafka.broker().createTopic(topic, 1);

        assertThatThrownBy(() -> kafka.broker().createTopic(topic, 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(topic);
    }

    @Test
    void aBrokerInThisJvmCannotBeKilled() {
        assertThatThrownBy(() -> kafka.broker().kill())
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("fork()");
        assertThat(kafka.broker().isRunning()).isTrue();
    }

    @Test
    void closedBrokerDoesNotStartAgain() {
        LocalKafka other = LocalKafka.start();

        other.close();
        other.close();

        assertThatThrownBy(other::restart).isInstanceOf(IllegalStateException.class);
    }
}
