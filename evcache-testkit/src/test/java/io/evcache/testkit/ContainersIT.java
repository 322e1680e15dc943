package io.evcache.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Runs in -Pcontainers where Docker is. */
@Tag("containers")
class ContainersIT {
    @Test
    void memcachedInAContainerAnswersWithItsOptions() throws Exception {
        try (Containers.Server server = Containers.memcached("-m", "100");
                LineClient client = new LineClient(server.address())) {
            assertThat(client.ask("version")).startsWith("VERSION 1.6.");
        }
    }

    @Test
    void kafkaInAContainerKeepsRecords() throws Exception {
        String topic = "topic-" + UUID.randomUUID();
        try (Containers.Server server = Containers.kafka()) {
            KafkaTopics.create(server.address(), topic, 1);

            Records.produce(server.address(), topic, Records.values(10));

            assertThat(Records.consume(server.address(), topic, 10)).isEqualTo(Records.values(10));
        }
    }
}
