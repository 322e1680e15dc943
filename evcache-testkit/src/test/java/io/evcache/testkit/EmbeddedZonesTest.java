package io.evcache.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

class EmbeddedZonesTest {
    private static final TestClock clock = TestClock.create();

    @RegisterExtension
    static final EmbeddedZonesExtension zones = EmbeddedZonesExtension.of(
            EmbeddedZones.builder().zones(2, "a", "b").zones(1, "c").clock(clock));

    private static void set(EmbeddedMemcached node, String key) throws IOException {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), node.port());
        try (WireConnection connection = new WireConnection(address)) {
            assertThat(connection.ask(List.of("set " + key + " 0 60 1", "x"))).containsExactly("STORED");
        }
    }

    @Test
    void connectStringNamesEveryNode(EmbeddedZones injected) {
        assertThat(injected.connectString())
                .matches("a=127\\.0\\.0\\.1:\\d+,127\\.0\\.0\\.1:\\d+;b=[^;,]+,[^;,]+;c=127\\.0\\.0\\.1:\\d+")
                .isEqualTo(zones.connectString());
        assertThat(injected.zoneNames()).containsExactly("a", "b", "c");
        assertThat(injected.nodes("a")).hasSize(2);
    }

    @Test
    void zonesHoldingAKeyAreThoseWithItOnAnyNode(EmbeddedZones zones) throws IOException {
        set(zones.node("a", 1), "k");
        set(zones.node("c", 0), "k");

        assertThat(zones.zonesHolding("k")).containsExactly("a", "c");
        assertThat(zones.peek("a", "k").orElseThrow().text()).isEqualTo("x");
        assertThat(zones.peek("b", "k")).isEmpty();
        clock.advance(Duration.ofSeconds(60));
        assertThat(zones.zonesHolding("k")).isEmpty();
    }

    @Test
    void stoppedZoneLosesItsDataAndKeepsItsAddresses(EmbeddedZones zones) throws IOException {
        String before = zones.connectString();
        set(zones.node("a", 0), "k");
        set(zones.node("b", 0), "k");

        zones.stopZone("a");
        assertThat(zones.node("a", 1).isRunning()).isFalse();
        zones.startZone("a");

        assertThat(zones.zonesHolding("k")).containsExactly("b");
        assertThat(zones.connectString()).isEqualTo(before);
        set(zones.node("a", 0), "k");
    }

    @Test
    void startingAZoneLeavesItsRunningNodesAlone(EmbeddedZones zones) throws IOException {
        set(zones.node("a", 0), "k");
        zones.node("a", 1).stop();

        zones.startZone("a");

        assertThat(zones.zonesHolding("k")).containsExactly("a");
    }

    @Test
    void hungZoneKeepsItsData(EmbeddedZones zones) throws IOException {
        set(zones.node("a", 0), "k");

        zones.hangZone("a");
        zones.resumeZone("a");

        set(zones.node("a", 0), "other");
        assertThat(zones.zonesHolding("k")).containsExactly("a");
    }

    /** It was done once the next test had begun, in most of its runs. */
    @Test
    void whatWasSentToAHungNodeIsNotDoneAfterAReset(EmbeddedZones zones) throws IOException {
        zones.hangZone("a");
        try (Socket before =
                new Socket(InetAddress.getLoopbackAddress(), zones.node("a", 0).port())) {
            before.getOutputStream().write("set k 0 0 1\r\nx\r\n".getBytes(StandardCharsets.US_ASCII));

            zones.reset();

            assertThat(firstByte(before)).as("the connection ends, unanswered").isEqualTo(-1);
            assertThat(zones.zonesHolding("k")).isEmpty();
        }
    }

    /** Such as the backfill after the last read of a test: it was found by the next test, on a busy machine. */
    @Test
    void whatWasSentBeforeAResetIsNotThereAfterIt(EmbeddedZones zones) throws IOException {
        for (int i = 0; i < 100; i++) {
            send(zones.node("a", 0), "set k 0 0 1 noreply\r\nx\r\n");

            zones.reset();

            // Whatever of it were still to be done would be done before this, which comes later.
            set(zones.node("a", 0), "other");
            assertThat(zones.zonesHolding("k")).isEmpty();
        }
    }

    /** Does not wait for an answer. */
    private static void send(EmbeddedMemcached node, String request) throws IOException {
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), node.port())) {
            client.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        }
    }

    private static int firstByte(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read();
        } catch (SocketException e) { // a connection with bytes that nobody has read is not closed but reset
            return -1;
        }
    }

    @Test
    void delayedFlushEndsWithAReset(EmbeddedZones zones) throws IOException {
        EmbeddedMemcached node = zones.node("a", 0);
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), node.port());
        try (WireConnection connection = new WireConnection(address)) {
            assertThat(connection.ask(List.of("flush_all 5"))).containsExactly("OK");
        }

        zones.reset();
        set(node, "k");
        clock.advance(Duration.ofSeconds(10));

        assertThat(node.keys()).containsExactly("k");
    }

    @Test
    void mistakesAreNamed(EmbeddedZones running) {
        assertThatThrownBy(() -> running.nodes("x")).hasMessageContaining("no zone x in [a, b, c]");
        assertThatThrownBy(() -> EmbeddedZones.start(0, "a")).hasMessageContaining("0 nodes");
        assertThatThrownBy(() -> EmbeddedZones.start(1)).hasMessageContaining("no zones");
        assertThatThrownBy(() -> EmbeddedZones.start(1, "a", "a")).hasMessageContaining("a twice");
        assertThatThrownBy(() -> EmbeddedZones.start(1, "a=b")).hasMessageContaining("'a=b'");
    }

    @Nested
    @TestMethodOrder(MethodOrderer.OrderAnnotation.class)
    class BetweenTests {
        @Test
        @Order(1)
        void oneTestLeavesAMess(EmbeddedZones zones) throws IOException {
            set(zones.node("c", 0), "k");
            zones.stopZone("a");
            zones.hangZone("b");

            assertThat(zones.zonesHolding("k")).containsExactly("c");
        }

        @Test
        @Order(2)
        void theNextFindsAllNodesRunningAndEmpty(EmbeddedZones zones) throws IOException {
            assertThat(zones.zonesHolding("k")).isEmpty();
            set(zones.node("a", 0), "k");
            set(zones.node("b", 1), "k");

            assertThat(zones.zonesHolding("k")).containsExactly("a", "b");
        }
    }
}
