package io.evcache.replication.kafka;

import static org.assertj.core.api.Assertions.assertThat;

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
}
