package io.evcache.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evcache.client.pipeline.ReadPolicy;
import io.evcache.client.pipeline.WritePolicy;
import io.evcache.core.error.InvalidConfiguration;
import io.evcache.core.ring.RingDialect;
import io.evcache.core.topology.ZoneMode;
import io.evcache.core.zone.BigValues;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class SettingsTest {

    @Test
    void propertiesSayWhatTheBuilderSays() {
        EvCacheConfig config = EvCacheConfig.fromProperties(Map.ofEntries(
                Map.entry("name", "orders"),
                Map.entry("region", "eu-west-1"),
                Map.entry("zones", "a=h:1;b=h:2;c(WRITE_ONLY)=h:3"),
                Map.entry("localZone", "b"),
                Map.entry("readTimeout", "20 ms"),
                Map.entry("writeTimeout", "PT0.25S"),
                Map.entry("connectTimeout", "2s"),
                Map.entry("readPolicy", "LOCAL_FIRST_ERRORS_ONLY"),
                Map.entry("writePolicy", "all_minus_1"),
                Map.entry("ringDialect", "SPYMEMCACHED"),
                Map.entry("keepTogetherBefore", "/"),
                Map.entry("bigValues", "100000/20000000"),
                Map.entry("tls", "system"),
                Map.entry("connectionsPerNode", "3"),
                Map.entry("maxInFlightPerConnection", "1,000"),
                Map.entry("maxValueBytes", "500_000")));

        assertThat(config.name()).isEqualTo("orders");
        assertThat(config.region()).isEqualTo("eu-west-1");
        assertThat(config.localZone()).isEqualTo("b");
        assertThat(config.topology().orElseThrow().zone("c").orElseThrow().mode())
                .isSameAs(ZoneMode.WRITE_ONLY);
        assertThat(config.readTimeout()).isEqualTo(Duration.ofMillis(20));
        assertThat(config.writeTimeout()).isEqualTo(Duration.ofMillis(250));
        assertThat(config.transport().connectTimeout()).isEqualTo(Duration.ofSeconds(2));
        assertThat(config.readPolicy()).isEqualTo(ReadPolicy.LOCAL_FIRST_ERRORS_ONLY);
        assertThat(config.writePolicy()).isSameAs(WritePolicy.ALL_MINUS_1);
        assertThat(config.ringDialect()).isSameAs(RingDialect.SPYMEMCACHED);
        assertThat(config.keepTogetherBefore()).contains("/");
        assertThat(config.bigValues()).contains(new BigValues(100_000, 20_000_000));
        assertThat(config.transport().tls()).isPresent();
        assertThat(config.transport().lanes()).isEqualTo(3);
        assertThat(config.transport().maxInFlight()).isEqualTo(1_000);
        assertThat(config.transport().maxValueBytes()).isEqualTo(500_000);
    }

    @Test
    void filesForTlsThatAreMissingAreNamed() {
        assertThatThrownBy(() -> EvCacheConfig.fromProperties(Map.of("zones", "a=h:1", "tls", "missing.pem")))
                .isInstanceOf(InvalidConfiguration.class)
                .hasMessageContaining("tls file missing.pem cannot be read");
    }

    @Test
    void codeAndPropertiesMix() {
        EvCacheConfig config = EvCacheConfig.builder()
                .readTimeout(Duration.ofMillis(10))
                .writeTimeout(Duration.ofMillis(10))
                .properties(Map.of("discoveredZones", "true", "readTimeout", "30 ms"))
                .localZone("a")
                .build();

        assertThat(config.topology()).isEmpty();
        assertThat(config.readTimeout()).isEqualTo(Duration.ofMillis(30));
        assertThat(config.writeTimeout()).isEqualTo(Duration.ofMillis(10));
    }

    @ParameterizedTest
    @CsvSource({
        "readTimeOut, readTimeout",
        "read-timeout, readTimeout",
        "WRITE_POLICY, writePolicy",
        "conectionPerNode, connectionsPerNode",
        "zone, zones"
    })
    void misspeltKeyIsRefusedWithTheRightOne(String misspelt, String right) {
        assertThatThrownBy(() -> EvCacheConfig.fromProperties(Map.of("zones", "a=h:1", misspelt, "1")))
                .isInstanceOf(InvalidConfiguration.class)
                .hasMessage("there is no setting '" + misspelt + "'; did you mean '" + right + "'?");
    }

    @Test
    void keyLikeNoOtherIsRefusedWithoutAGuess() {
        assertThatThrownBy(() -> EvCacheConfig.fromProperties(Map.of("zones", "a=h:1", "colour", "red")))
                .hasMessage("there is no setting 'colour'");
    }

    @Test
    void everyTextThatCannotBeReadIsReportedAtOnce() {
        Map<String, String> properties = Map.of(
                "zones", "a=h:1",
                "readTimeout", "soon",
                "writeTimeout", "2 h",
                "writePolicy", "MOST",
                "discoveredZones", "yes",
                "bigValues", "1000",
                "connectionsPerNode", "many",
                "maxValueBytes", "0");

        assertThatThrownBy(() -> EvCacheConfig.fromProperties(properties))
                .isInstanceOfSatisfying(InvalidConfiguration.class, failure -> {
                    assertThat(failure.problems()).hasSize(7);
                    assertThat(failure)
                            .hasMessageContainingAll(
                                    "readTimeout must be a duration (20 ms, 2 s, 1 min, PT0.02S) of more than zero, at most 1 h, was 'soon'",
                                    "writeTimeout must be more than zero and at most PT1H, was PT2H",
                                    "writePolicy must be ALL, ALL_MINUS_1, NONE, ONE, QUORUM, was 'MOST'",
                                    "discoveredZones must be true or false, was 'yes'",
                                    "bigValues must be",
                                    "connectionsPerNode must be 1 to 64, was 'many'",
                                    "maxValueBytes must be from 1 to");
                });
    }

    @ParameterizedTest
    @CsvSource({
        "100 ms, PT0.1S",
        "100ms, PT0.1S",
        "1 s, PT1S",
        "90 s, PT1M30S",
        "2 min, PT2M",
        "1 h, PT1H",
        "PT3M, PT3M"
    })
    void durationsAreReadAsPeopleWriteThem(String text, Duration expected) {
        assertThat(DurationText.read(text)).isEqualTo(expected);
        assertThat(DurationText.read(DurationText.write(expected))).isEqualTo(expected);
    }

    @ParameterizedTest
    @MethodSource("settings")
    void everySettingIsAMethodOfTheBuilderAndReadsItsOwnDefault(Setting<?> setting) {
        assertThat(Arrays.stream(EvCacheConfig.Builder.class.getMethods()).map(Method::getName))
                .contains(setting.name());
        assertReadsItsDefault(setting);
    }

    private static <T> void assertReadsItsDefault(Setting<T> setting) {
        if (!setting.kind().text(setting.initial()).isEmpty()) {
            assertThat(setting.kind().read(setting.kind().text(setting.initial())))
                    .isEqualTo(setting.initial());
        }
    }

    static List<Setting<?>> settings() {
        return Settings.ALL;
    }
}
