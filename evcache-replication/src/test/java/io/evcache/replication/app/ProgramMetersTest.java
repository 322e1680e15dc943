package io.evcache.replication.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.evcache.testkit.EmbeddedZones;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an operator sees of the two programs without having handed them a registry. */
class ProgramMetersTest {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    @BeforeEach
    void listen() {
        Metrics.addRegistry(registry);
    }

    @AfterEach
    void leave() {
        Metrics.removeRegistry(registry);
    }

    @Test
    void agentAndItsClientAreInTheGlobalRegistryUntilTheyClose() {
        try (EmbeddedZones zones = EmbeddedZones.start(1, "a")) {
            Program.Running agent = WithoutMicrometer.startAgent(zones);

            assertThat(registry.get("evcache.replication.connections")
                            .tags("region", "us")
                            .gauge()
                            .value())
                    .isZero();
            assertThat(registry.get("evcache.nodes")
                            .tags("client", "evcache-agent", "zone", "a", "state", "up")
                            .gauge()
                            .value())
                    .isEqualTo(1);

            agent.parts().close();
            assertThat(registry.getMeters()).isEmpty();
        }
    }

    @Test
    void relayAndItsClientAreInTheGlobalRegistryUntilTheyClose() {
        try (EmbeddedZones zones = EmbeddedZones.start(1, "a")) {
            Program.Running relay = RelayMain.start(WithoutMicrometer.settings(Map.of(
                    "region", "eu",
                    "zones", zones.connectString(),
                    "kafka.bootstrap", "127.0.0.1:1",
                    "agent.region", "us",
                    "agent.address", "127.0.0.1:1")));

            assertThat(registry.get("evcache.replication.link")
                            .tags("source", "eu", "target", "us")
                            .gauge()
                            .value())
                    .isZero();
            assertThat(registry.find("evcache.replication.lag")
                            .tags("source", "eu", "target", "us")
                            .timer())
                    .isNotNull();
            assertThat(registry.find("evcache.nodes")
                            .tags("client", "evcache-relay", "zone", "a", "state", "up")
                            .gauge())
                    .isNotNull();

            relay.parts().close();
            assertThat(registry.getMeters()).isEmpty();
        }
    }

    @Test
    void agentRunsWhereThereIsNoMicrometer() throws Exception {
        URL[] urls = Arrays.stream(System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))
                        .split(File.pathSeparator))
                .map(Path::of)
                .filter(path -> !path.getFileName().toString().startsWith("micrometer"))
                .map(ProgramMetersTest::url)
                .toArray(URL[]::new);
        try (URLClassLoader loader = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader())) {
            Object said = loader.loadClass(WithoutMicrometer.class.getName())
                    .getMethod("run")
                    .invoke(null);

            assertThat(said).asString().startsWith("AgentStats[");
        }
    }

    /** Runs in a class loader of its own, so it must not need the class around it, which has a registry. */
    public static final class WithoutMicrometer {
        private WithoutMicrometer() {}

        public static String run() {
            try (EmbeddedZones zones = EmbeddedZones.start(1, "a")) {
                Program.Running agent = startAgent(zones);
                agent.parts().close();
                return agent.status().get();
            }
        }

        static Program.Running startAgent(EmbeddedZones zones) {
            return AgentMain.start(
                    settings(Map.of("region", "us", "zones", zones.connectString(), "listen", "127.0.0.1:0")));
        }

        static Settings settings(Map<String, String> values) {
            Properties properties = new Properties();
            values.forEach(properties::setProperty);
            return new Settings(properties);
        }
    }

    private static URL url(Path path) {
        try {
            return path.toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException(path.toString(), e);
        }
    }
}
