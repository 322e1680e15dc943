package io.evcache.replication.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProducersTest {

    /** A broker that hung for 45 seconds cost a hundred of three hundred mutations, with room for 65,536. */
    @Test
    void whatHasRoomIsNotGivenUpDuringAnOutage() {
        Map<String, Object> settings = Producers.settings("127.0.0.1:1", Map.of());

        assertThat(settings.get("delivery.timeout.ms"))
                .isEqualTo(Long.toString(Duration.ofDays(1).toMillis()));
    }

    /** They were refused at each attempt, and nothing ever left. */
    @Test
    void propertiesThatKafkaRefusesAreRefusedAtOnce() {
        assertRefused(Map.of("acks", "1"), "acks");
        assertRefused(Map.of("acks", "most"), "acks");
        assertRefused(Map.of("delivery.timeout.ms", "5000"), "delivery.timeout.ms");
    }

    private static void assertRefused(Map<String, String> properties, String which) {
        assertThatThrownBy(() -> KafkaMutationPublisher.connect("127.0.0.1:1", "t", properties, 10, 1 << 20))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(which);
        assertThatThrownBy(() -> KafkaDeadLetters.to("127.0.0.1:1", "dead", "t", properties))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(which);
    }
}
