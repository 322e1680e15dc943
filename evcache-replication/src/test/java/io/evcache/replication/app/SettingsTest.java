package io.evcache.replication.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evcache.core.error.InvalidConfiguration;
import io.evcache.replication.kafka.GapPolicy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

class SettingsTest {

    @Test
    void relayFileWithEveryKindOfMistakeReportsAllAtOnce() {
        Settings settings = settings(Map.of(
                "region", "eu",
                "zones", "a=localhost",
                "kafka.bootstrp", "localhost:9092",
                "agent.region", "eu",
                "agent.address", "localhost:7411",
                "batch.age", "5 parsecs",
                "batch.count", "many",
                "kafka.gap", "perhaps",
                "max.records", "0"));

        List<String> problems = problems(() -> RelayMain.start(settings));

        assertThat(problems)
                .anyMatch(p -> p.contains("kafka.bootstrap is missing"))
                .anyMatch(p -> p.contains("unknown key kafka.bootstrp; did you mean kafka.bootstrap?"))
                .anyMatch(p -> p.contains("localhost"))
                .anyMatch(p -> p.contains("two different regions"))
                .anyMatch(p -> p.contains("5 parsecs"))
                .anyMatch(p -> p.contains("batch.count must be a number"))
                .anyMatch(p -> p.contains("kafka.gap"))
                .anyMatch(p -> p.contains("max.records"));
    }

    @Test
    void agentFileWithMistakesReportsAllAtOnce() {
        Settings settings = settings(Map.of("regoin", "us", "listen", "everywhere", "max.connections", "-1"));

        assertThat(problems(() -> AgentMain.start(settings)))
                .anyMatch(p -> p.contains("region is missing"))
                .anyMatch(p -> p.contains("zones is missing"))
                .anyMatch(p -> p.contains("did you mean region?"))
                .anyMatch(p -> p.contains("listen must be host:port"))
                .anyMatch(p -> p.contains("max.connections"));
    }

    @Test
    void mistakesAboutLargeValuesAreReported() {
        Settings settings = settings(Map.of(
                "region", "us",
                "zones", "a=localhost:11211",
                "max.value.bytes", "1000",
                "big.values.chunk.bytes", "2000",
                "big.values.max.bytes", "100000",
                "keep.together.before", ":"));

        assertThat(problems(() -> AgentMain.start(settings)))
                .anyMatch(p -> p.contains("chunks of at most maxValueBytes = 1000, were 2000"))
                .anyMatch(p -> p.contains("keepTogetherBefore must not be ':'"));
    }

    @Test
    void durationsHaveUnits() {
        Settings settings = settings(Map.of("a", "250ms", "b", "5s", "c", "2m", "d", "6h", "e", "1d"));

        assertThat(List.of("a", "b", "c", "d", "e"))
                .map(key -> settings.duration(key, Duration.ZERO))
                .containsExactly(
                        Duration.ofMillis(250),
                        Duration.ofSeconds(5),
                        Duration.ofMinutes(2),
                        Duration.ofHours(6),
                        Duration.ofDays(1));
        settings.check();
    }

    /** The documentation of the relay's file shows keys without a value; their topic and group were empty. */
    @Test
    void keyWithoutAValueMeansItsDefault() {
        Settings settings = settings(Map.of("kafka.group", ""));

        assertThat(settings.text("kafka.group", "default")).isEqualTo("default");
    }

    /** Such a relay was ready, and nothing ever arrived. */
    @Test
    void propertiesThatKafkaRefusesAreReported() {
        Settings settings = settings(Map.of(
                "region", "eu",
                "zones", "a=localhost:11211",
                "kafka.bootstrap", "localhost:9092",
                "kafka.property.acks", "1",
                "agent.region", "us",
                "agent.address", "localhost:7411"));

        assertThat(problems(() -> RelayMain.start(settings)))
                .singleElement()
                .asString()
                .contains("acks");
    }

    /** The client's own settings write minutes so. */
    @Test
    void minutesMayBeWrittenAsTheClientWritesThem() {
        Settings settings = settings(Map.of("a", "2min", "b", "2 min"));

        assertThat(settings.duration("a", Duration.ZERO)).isEqualTo(Duration.ofMinutes(2));
        assertThat(settings.duration("b", Duration.ZERO)).isEqualTo(Duration.ofMinutes(2));
        settings.check();
    }

    /** A status.interval of 0s wrote thousands of lines per second, and a max.item.age of 0s gave up at once. */
    @Test
    void durationsAreMoreThanZero() {
        Settings settings = settings(Map.of("status.interval", "0s"));

        Duration otherwise = settings.duration("status.interval", Duration.ofSeconds(10));

        assertThat(otherwise).isEqualTo(Duration.ofSeconds(10));
        assertThat(problems(settings::check)).containsExactly("status.interval is '0s': must be more than zero");
    }

    /** The message named a class and an enum constant. */
    @Test
    void aWordThatIsNotOneOfThePossibleOnesIsRefusedWithAllOfThem() {
        Settings settings = settings(Map.of("kafka.gap", "foo"));

        assertThat(settings.oneOf("kafka.gap", GapPolicy.EARLIEST)).isEqualTo(GapPolicy.EARLIEST);
        assertThat(problems(settings::check))
                .containsExactly("kafka.gap is 'foo': must be one of earliest, latest, stop");
    }

    @Test
    void passThroughPropertiesAreNotUnknown() {
        Settings settings = settings(Map.of("kafka.property.security.protocol", "SSL"));

        assertThat(settings.under("kafka.property.")).isEqualTo(Map.of("security.protocol", "SSL"));
        settings.check();
    }

    @Test
    void missingFileIsAProblemNotAStackTrace() {
        assertThatThrownBy(() -> Settings.read(Path.of("does-not-exist.properties")))
                .isInstanceOf(InvalidConfiguration.class)
                .hasMessageContaining("does-not-exist.properties");
    }

    private static List<String> problems(Runnable start) {
        InvalidConfiguration refused = assertThatThrownBy(start::run)
                .asInstanceOf(InstanceOfAssertFactories.type(InvalidConfiguration.class))
                .actual();
        return refused.problems();
    }

    private static Settings settings(Map<String, String> values) {
        Properties properties = new Properties();
        values.forEach(properties::setProperty);
        return new Settings(properties);
    }
}
