package io.evcache.replication.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.evcache.client.EvCacheConfig;
import io.evcache.replication.relay.RelayConfig;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;

/** What of its file reaches the relay. */
class RelayMainTest {

    @Test
    void withoutAWordTheDefaultsHold() {
        RelayConfig relay = relay(Map.of());

        assertThat(relay.readTimeout()).isEqualTo(Duration.ofMillis(500));
        assertThat(relay.maxRecords()).isEqualTo(65_536);
        assertThat(relay.batchCount()).isEqualTo(512);
        assertThat(relay.batchAge()).isEqualTo(Duration.ofMillis(5));
        assertThat(relay.maxItemAge()).isEqualTo(Duration.ofHours(6));
    }

    @Test
    void whatTheFileSaysReachesTheRelay() {
        RelayConfig relay = relay(Map.of(
                "read.timeout", "3s",
                "max.value.bytes", "2000",
                "max.records", "100",
                "batch.count", "7",
                "batch.age", "20ms",
                "max.item.age", "1h",
                "local.zone", "b"));

        assertThat(relay.readTimeout()).isEqualTo(Duration.ofSeconds(3));
        assertThat(relay.maxValueBytes()).isEqualTo(2_000);
        assertThat(relay.maxRecords()).isEqualTo(100);
        assertThat(relay.batchCount()).isEqualTo(7);
        assertThat(relay.batchAge()).isEqualTo(Duration.ofMillis(20));
        assertThat(relay.maxItemAge()).isEqualTo(Duration.ofHours(1));
        assertThat(relay.zones()).containsExactly("b", "a");
    }

    private static RelayConfig relay(Map<String, String> said) {
        Map<String, String> file = new HashMap<>(Map.of("region", "eu", "zones", "a=127.0.0.1:1;b=127.0.0.1:2"));
        file.putAll(said);
        Properties properties = new Properties();
        properties.putAll(file);
        Settings settings = new Settings(properties);
        EvCacheConfig cache = ZoneSettings.read(settings, "test");
        RelayConfig relay = RelayMain.relayConfig(settings, cache);
        settings.check();
        return relay;
    }
}
