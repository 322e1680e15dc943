package io.evcache.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evcache.testkit.LocalMemcached.Version;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class LocalZonesIT {
    @RegisterExtension
    static final LocalZonesExtension extension = LocalZonesExtension.of(Version.DEBIAN_12, 2, "a", "b", "c");

    private final LocalZones zones = extension.zones();

    @Test
    void connectStringNamesEveryNodeOfEveryZone() {
        assertThat(zones.zoneNames()).containsExactly("a", "b", "c");
        assertThat(zones.connectString())
                .matches(
                        "a=127.0.0.1:\\d+,127.0.0.1:\\d+;b=127.0.0.1:\\d+,127.0.0.1:\\d+;c=127.0.0.1:\\d+,127.0.0.1:\\d+")
                .contains("c=127.0.0.1:" + zones.node("c", 0).port() + ",127.0.0.1:"
                        + zones.node("c", 1).port());
    }

    @Test
    void stoppedZoneRefusesWhileTheOthersAnswerAndStartsOnItsPorts() throws IOException {
        String before = zones.connectString();

        zones.stopZone("b");

        for (LocalMemcached node : zones.nodes("b")) {
            assertThatThrownBy(() -> new LineClient(node.address())).hasCauseInstanceOf(ConnectException.class);
        }
        assertAnswers("a");
        assertAnswers("c");

        zones.startZone("b");

        assertAnswers("b");
        assertThat(zones.connectString()).isEqualTo(before);
    }

    @Test
    void hungZoneKeepsItsItems() throws IOException {
        LocalMemcached node = zones.node("a", 1);
        try (LineClient client = new LineClient(node.address())) {
            assertThat(client.ask("ms hung 1\r\nv")).isEqualTo("HD");

            zones.hangZone("a");

            client.readTimeout(Duration.ofMillis(100));
            assertThatThrownBy(() -> client.ask("mg hung s")).isInstanceOf(SocketTimeoutException.class);
            assertAnswers("b");

            zones.resumeZone("a");

            client.readTimeout(Duration.ofSeconds(10));
            assertThat(client.reply()).isEqualTo("HD s1");
        }
    }

    @Test
    @Order(1)
    void testThatLeavesAZoneStoppedAndAnotherHung() {
        zones.stopZone("a");
        zones.hangZone("b");

        assertThat(zones.node("a", 0).isRunning()).isFalse();
        assertThat(zones.node("b", 0).isRunning()).isTrue();
    }

    @Test
    @Order(2)
    void nextTestFindsAllZonesAnswering() throws IOException {
        for (String zone : zones.zoneNames()) {
            assertAnswers(zone);
        }
    }

    @Test
    void zoneNamesThatAConnectStringCannotHoldAreRefused() {
        MemcachedBinary binary = ServerRequirement.memcached(Version.DEBIAN_12);

        for (String name : List.of("", "a b", "a=b", "a;b", "a,b")) {
            assertThatThrownBy(() -> LocalZones.start(binary, 1, name)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> LocalZones.start(binary, 1, "a", "a")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> LocalZones.start(binary, 0, "a")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> LocalZones.start(binary, 1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void unknownZoneIsRefusedWithTheKnownOnes() {
        assertThatThrownBy(() -> zones.nodes("d"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[a, b, c]");
    }

    private void assertAnswers(String zone) throws IOException {
        for (LocalMemcached node : zones.nodes(zone)) {
            try (LineClient client = new LineClient(node.address())) {
                assertThat(client.ask("mn")).isEqualTo("MN");
            }
        }
    }
}
