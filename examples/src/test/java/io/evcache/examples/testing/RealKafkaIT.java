package io.evcache.examples.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.evcache.testkit.FaultProxy;
import io.evcache.testkit.LocalKafka;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RealKafkaIT {

    @Test
    void topicOutlivesItsBroker() {
        // snippet: kafka
        try (LocalKafka kafka = LocalKafka.fork()) {
            kafka.createTopic("mutations", 8);
            kafka.kill();
            kafka.restart(); // same port, same data: what was acknowledged is there
            assertThat(kafka.endOffsets("mutations")).hasSize(8).containsEntry(0, 0L);
        }
        // end
    }

    @Test
    void brokerIsReachedThroughTheProxyThatItAdvertises() {
        // snippet: advertised
        try (FaultProxy proxy = FaultProxy.to("127.0.0.1:1"); // not known yet
                LocalKafka kafka = LocalKafka.start(Map.of("advertised.listeners", "BROKER://" + proxy.address()))) {
            proxy.target(kafka.bootstrapServers());
            // ... clients are given proxy.address()
            assertThat(kafka.isRunning()).isTrue();
        }
        // end
    }
}
