package io.evcache.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evcache.testkit.LocalMemcached.Version;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LocalMemcachedIT {
    @RegisterExtension
    final LocalMemcachedExtension memcached = LocalMemcachedExtension.of(Version.DEBIAN_12);

    @ParameterizedTest
    @EnumSource
    void answersAsTheVersionThatTheBinaryNames(Version version) throws IOException {
        MemcachedBinary binary = ServerRequirement.memcached(version);

        try (LocalMemcached server = LocalMemcached.start(binary);
                LineClient client = new LineClient(server.address())) {
            assertThat(client.ask("version")).isEqualTo("VERSION " + server.version());
            assertThat(server.port()).isNotIn(0, 11211);
        }
    }

    @ParameterizedTest
    @EnumSource
    void killedServerRestartsEmptyOnTheSamePort(Version version) throws IOException {
        try (LocalMemcached server = LocalMemcached.start(ServerRequirement.memcached(version))) {
            int port = server.port();
            try (LineClient client = new LineClient(server.address())) {
                assertThat(client.ask("ms key 1\r\nv")).isEqualTo("HD");

                server.kill();

                assertThat(client.reply()).isNull();
            }
            assertThatThrownBy(() -> new LineClient(server.address())).hasCauseInstanceOf(ConnectException.class);

            server.restart();

            try (LineClient client = new LineClient(server.address())) {
                assertThat(server.port()).isEqualTo(port);
                assertThat(client.ask("mg key v")).isEqualTo("EN");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void hungServerAcceptsConnectionsAndAnswersOnlyWhenResumed(Version version) throws IOException {
        try (LocalMemcached server = LocalMemcached.start(ServerRequirement.memcached(version))) {
            server.hang();

            try (LineClient client = new LineClient(server.address())) {
                client.readTimeout(Duration.ofMillis(100));
                assertThatThrownBy(() -> client.ask("mn")).isInstanceOf(SocketTimeoutException.class);

                server.resume();

                client.readTimeout(Duration.ofSeconds(10));
                assertThat(client.reply()).isEqualTo("MN");
            }
        }
    }

    @Test
    void stoppedServerIsGoneAndStopIsRepeatable() {
        LocalMemcached server = memcached.server();
        long pid = server.pid();

        server.stop();
        server.stop();

        assertThat(server.isRunning()).isFalse();
        assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
        assertThatThrownBy(server::pid).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void closedServerLeavesNoProcessAndDoesNotStartAgain() {
        LocalMemcached server = memcached.server();
        long pid = server.pid();

        server.close();
        server.close();

        assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
        assertThatThrownBy(server::restart).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void optionsReachTheServer() throws IOException {
        MemcachedBinary binary = ServerRequirement.memcached(Version.DEBIAN_12);

        try (LocalMemcached server = LocalMemcached.start(binary, "-I", "2m", "-l", "127.0.0.1");
                LineClient client = new LineClient(server.address())) {
            assertThat(client.ask("ms large 1500000\r\n" + "x".repeat(1_500_000)))
                    .isEqualTo("HD");
        }
    }

    @Test
    void failedStartShowsWhatTheServerSaid() {
        MemcachedBinary binary = ServerRequirement.memcached(Version.DEBIAN_12);

        assertThatThrownBy(() -> LocalMemcached.start(binary, "-o", "no_such_option"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("exit code")
                .hasMessageContaining("no_such_option");
    }

    @Test
    void optionsThatTheLauncherNeedsForItselfAreRefused() {
        MemcachedBinary binary = ServerRequirement.memcached(Version.DEBIAN_12);

        assertThatThrownBy(() -> LocalMemcached.start(binary, "-p", "11211"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("-p");
    }
}
