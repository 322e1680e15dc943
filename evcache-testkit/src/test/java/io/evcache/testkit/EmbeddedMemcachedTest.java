package io.evcache.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EmbeddedMemcachedTest {
    private final TestClock clock = TestClock.create();
    private final EmbeddedMemcached server =
            EmbeddedMemcached.builder().clock(clock).start();

    @AfterEach
    void close() {
        server.close();
    }

    private WireConnection connect() throws IOException {
        return new WireConnection(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
    }

    private List<String> ask(String... lines) throws IOException {
        try (WireConnection connection = connect()) {
            return connection.ask(List.of(lines));
        }
    }

    @Test
    void itemExpiresWhenTheClockReachesItsEnd() throws IOException {
        ask("set a 0 10 1", "x");

        clock.advance(Duration.ofSeconds(9));
        List<String> before = ask("mg a t v");
        clock.advance(Duration.ofSeconds(1));
        List<String> after = ask("mg a t v", "get a");

        assertThat(before).containsExactly("VA 1 t1", "x");
        assertThat(after).containsExactly("EN", "END");
        assertThat(server.itemCount()).isZero();
    }

    @Test
    void absoluteExpiryIsEpochSeconds() throws IOException {
        long inAnHour = clock.instant().getEpochSecond() + 3600;

        List<String> replies = ask("set a 0 " + inAnHour + " 1", "x", "mg a t");
        clock.advance(Duration.ofHours(1));

        assertThat(replies).containsExactly("STORED", "HD t3600");
        assertThat(server.peek("a")).isEmpty();
    }

    @Test
    void touchGivesANewLifeFromNow() throws IOException {
        ask("set a 0 10 1", "x");
        clock.advance(Duration.ofSeconds(8));

        ask("touch a 10");
        clock.advance(Duration.ofSeconds(8));

        assertThat(ask("mg a t")).containsExactly("HD t2");
    }

    @Test
    void abandonedLeaseIsGivenToAnotherWhenItsTimeIsUp() throws IOException {
        ask("mg a N30");
        List<String> early = ask("mg a N30");

        clock.advance(Duration.ofSeconds(30));

        assertThat(early).containsExactly("HD Z");
        assertThat(ask("mg a N30")).containsExactly("HD W");
    }

    @Test
    void recacheElectsOneReaderOnceTheRestIsShort() throws IOException {
        ask("set a 0 100 1", "x");
        List<String> early = ask("mg a R30");

        clock.advance(Duration.ofSeconds(75));

        assertThat(early).containsExactly("HD");
        assertThat(ask("mg a R30", "mg a R30")).containsExactly("HD W", "HD Z");
    }

    @Test
    void delayedFlushRemovesWhatWasStoredBeforeItsTime() throws IOException {
        ask("set a 0 0 1", "x", "flush_all 10");
        List<String> early = ask("get a");

        clock.advance(Duration.ofSeconds(10));
        ask("set b 0 0 1", "y");

        assertThat(early).hasSize(3);
        assertThat(ask("get a b")).containsExactly("VALUE b 0 1", "y", "END");
    }

    @Test
    void timeSinceLastAccessIsCountedFromTheSecondUse() throws IOException {
        ask("set a 0 0 1", "x");
        clock.advance(Duration.ofSeconds(5));
        List<String> first = ask("mg a l h");
        List<String> second = ask("mg a l h");
        clock.advance(Duration.ofSeconds(3));

        assertThat(first).containsExactly("HD l5 h0");
        assertThat(second).containsExactly("HD l5 h1");
        assertThat(ask("mg a l h")).containsExactly("HD l3 h1");
    }

    @Test
    void peekShowsTheItemWithoutCountingAsAUse() throws IOException {
        ask("ms a 2 F5 T100", "hi", "md a I");

        EmbeddedMemcached.Item item = server.peek("a").orElseThrow();

        assertThat(item.text()).isEqualTo("hi");
        assertThat(item.flags()).isEqualTo(5);
        assertThat(item.cas()).isPositive();
        assertThat(item.ttlLeft()).contains(Duration.ofSeconds(100));
        assertThat(item.stale()).isTrue();
        assertThat(ask("mg a h")).containsExactly("HD h0 X W");
    }

    @Test
    void keysAndCountsAreOfLiveItems() throws IOException {
        ask("set b 0 0 1", "x", "set a 0 0 1", "x", "set gone 0 5 1", "x");

        clock.advance(Duration.ofSeconds(5));

        assertThat(server.keys()).containsExactly("a", "b");
        assertThat(server.itemCount()).isEqualTo(2);
        assertThat(server.stats()).containsEntry("cmd_set", "3").containsEntry("version", "1.6.38");
        server.flush();
        assertThat(server.keys()).isEmpty();
    }

    @Test
    void statsAndSettingsAreAnsweredOnTheWire() throws IOException {
        List<String> stats = ask("set a 0 0 1", "x", "get a", "get b", "stats");
        List<String> settings = ask("stats settings");

        assertThat(stats)
                .contains("STAT get_hits 1", "STAT get_misses 1", "STAT curr_items 1", "STAT evictions 0")
                .endsWith("END");
        assertThat(settings)
                .contains("STAT item_size_max 1048576", "STAT maxbytes 67108864")
                .endsWith("END");
        assertThat(ask("stats reset")).containsExactly("RESET");
        assertThat(server.stats()).containsEntry("get_hits", "0");
    }

    @Test
    void connectionsAreCounted() throws IOException {
        try (WireConnection first = connect();
                WireConnection second = connect()) {
            first.ask(List.of("mn"));
            second.ask(List.of("mn"));

            assertThat(server.connections()).isEqualTo(2);
        }

        Awaitility.await().until(() -> server.connections() == 0);
    }

    @Test
    void itemLimitIsSettable() throws IOException {
        try (EmbeddedMemcached small =
                        EmbeddedMemcached.builder().maxItemBytes(1024).start();
                WireConnection connection =
                        new WireConnection(new InetSocketAddress(InetAddress.getLoopbackAddress(), small.port()))) {
            List<String> replies =
                    connection.ask(List.of("set a 0 0 964", "x".repeat(964), "set a 0 0 965", "x".repeat(965)));

            assertThat(replies).containsExactly("STORED", "SERVER_ERROR object too large for cache");
        }
    }

    @Test
    void memoryLimitEvictsTheLeastRecentlyUsed() throws IOException {
        try (EmbeddedMemcached small = EmbeddedMemcached.builder()
                        .maxItemBytes(1024)
                        .maxMemoryBytes(3 * 1024)
                        .start();
                WireConnection connection =
                        new WireConnection(new InetSocketAddress(InetAddress.getLoopbackAddress(), small.port()))) {
            String value = "x".repeat(900);
            connection.ask(List.of("set a 0 0 900", value, "set b 0 0 900", value, "set c 0 0 900", value));

            connection.ask(List.of("get a", "set d 0 0 900", value));

            assertThat(small.keys()).containsExactly("a", "c", "d");
            assertThat(small.stats()).containsEntry("evictions", "1").containsEntry("bytes", "2880");
        }
    }

    @Test
    void stopEndsConnectionsAndRefusesNewOnes() throws IOException {
        try (WireConnection connection = connect()) {
            connection.ask(List.of("set a 0 0 1", "x"));

            server.stop();

            assertThat(connection.answer()).containsExactly("(closed)");
            assertThatThrownBy(this::connect).isInstanceOf(IOException.class);
            assertThat(server.isRunning()).isFalse();
            assertThat(server.peek("a")).isEmpty();
        }
    }

    @Test
    void restartListensOnTheSamePortAndIsEmpty() throws IOException {
        String address = server.address();
        ask("set a 0 0 1", "x");

        server.stop();
        server.restart();

        assertThat(server.address()).isEqualTo(address);
        assertThat(ask("get a")).containsExactly("END");
    }

    @Test
    void hungServerAcceptsAndStaysSilentUntilResumed() throws IOException {
        try (WireConnection old = connect()) {
            old.ask(List.of("set a 0 0 1", "x"));

            server.hang();

            try (WireConnection fresh = connect()) {
                old.send("get a\r\n" + WireConnection.LAST_QUESTION);
                fresh.send("mg a\r\n" + WireConnection.LAST_QUESTION);
                old.readTimeout(Duration.ofMillis(200));
                fresh.readTimeout(Duration.ofMillis(200));
                assertThat(catchThrowable(old::answer)).isInstanceOf(SocketTimeoutException.class);
                assertThat(catchThrowable(fresh::answer)).isInstanceOf(SocketTimeoutException.class);

                server.resume();

                old.readTimeout(Duration.ofSeconds(20));
                fresh.readTimeout(Duration.ofSeconds(20));
                assertThat(old.answer()).containsExactly("VALUE a 0 1", "x", "END");
                assertThat(fresh.answer()).containsExactly("HD");
            }
        }
    }

    @Test
    void restartEndsAHang() throws IOException {
        server.hang();

        server.restart();

        assertThat(ask("mn")).containsExactly("MN");
    }

    @Test
    void takenPortIsNamed() {
        assertThatThrownBy(() -> EmbeddedMemcached.builder().port(server.port()).start())
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining(":" + server.port());
    }

    @Test
    void closeIsFinalAndMayBeRepeated() {
        server.close();
        server.close();

        assertThatThrownBy(server::restart)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
        assertThat(server.connections()).isZero();
        assertThat(server.stats()).isEmpty();
    }

    @Test
    void closeEndsTheThread() {
        String name = "evcache-embedded-memcached-" + server.port();
        assertThat(threads()).contains(name);

        server.close();

        Awaitility.await().until(() -> !threads().contains(name));
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream().map(Thread::getName).toList();
    }

    @Test
    void badSettingsAreRefused() {
        assertThatThrownBy(() -> EmbeddedMemcached.builder().port(65_536)).hasMessageContaining("65536");
        assertThatThrownBy(() -> EmbeddedMemcached.builder().maxItemBytes(10)).hasMessageContaining("10");
        assertThatThrownBy(
                        () -> EmbeddedMemcached.builder().maxMemoryBytes(1024).start())
                .hasMessageContaining("maxMemoryBytes 1024");
    }

    @Test
    void clockDoesNotGoBack() {
        TestClock still = TestClock.at(Instant.EPOCH);

        assertThatThrownBy(() -> still.advance(Duration.ofSeconds(-1))).isInstanceOf(IllegalArgumentException.class);
        assertThat(still.instant()).isEqualTo(Instant.EPOCH);
    }

    @Test
    void overlongLineThatIsNotAGetClosesTheConnection() throws IOException {
        try (WireConnection connection = connect()) {
            connection.send("mg " + "x".repeat(3000));

            assertThat(connection.answer()).containsExactly("(closed)");
        }
    }

    @Test
    void multiKeyGetMayBeLong() throws IOException {
        List<String> replies = ask("set key 0 0 1", "x", "get" + " key".repeat(5000));

        assertThat(replies).hasSize(1 + 2 * 5000 + 1).endsWith("END");
    }
}
