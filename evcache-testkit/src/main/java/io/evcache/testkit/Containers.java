package io.evcache.testkit;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * The servers in containers, for machines with Docker: memcached and Kafka by Testcontainers.
 *
 * <p>Only on request, by the system property {@code evcache.containers=true} that {@code -Pcontainers} sets: looking
 * for Docker takes more than a second. Needs {@code org.testcontainers:testcontainers-kafka} on the class path, an
 * optional dependency of this module.
 */
public final class Containers {
    /** The version whose replies the contract tests have recorded. */
    private static final String MEMCACHED = "memcached:1.6.38-alpine";

    private static final String KAFKA = "apache/kafka:4.3.1";
    private static final int MEMCACHED_PORT = 11211;
    private static final int KAFKA_PORT = 9092;

    private Containers() {}

    /** One started container. Closing removes it. The only class here that cannot be loaded without Testcontainers. */
    public static final class Server implements AutoCloseable {
        private final GenericContainer<?> container;
        private final int port;

        private Server(GenericContainer<?> container, int port) {
            this.container = container;
            this.port = port;
        }

        private static Server memcached(String[] options) {
            String command = String.join(" ", "memcached", String.join(" ", options));
            return start(
                    new GenericContainer<>(DockerImageName.parse(MEMCACHED))
                            .withExposedPorts(MEMCACHED_PORT)
                            .withCommand(command),
                    MEMCACHED_PORT);
        }

        private static Server kafka() {
            return start(new KafkaContainer(DockerImageName.parse(KAFKA)), KAFKA_PORT);
        }

        private static Server start(GenericContainer<?> container, int port) {
            container.start();
            return new Server(container, port);
        }

        /** {@code host:port} as seen from this machine; for Kafka the bootstrap servers. */
        public String address() {
            return container.getHost() + ":" + container.getMappedPort(port);
        }

        @Override
        public void close() {
            container.stop();
        }
    }

    /** Whether containers are wanted in this run. */
    public static boolean areRequested() {
        return Boolean.getBoolean("evcache.containers");
    }

    /**
     * Whether they are wanted, Testcontainers is there and Docker answers. The first call may take seconds; without a socket of Docker it does
     * not ask Testcontainers, which reports the absence as an error over many lines.
     */
    public static boolean isAvailable() {
        return areRequested()
                && hasTestcontainers()
                && hasDockerSocket()
                && DockerClientFactory.instance().isDockerAvailable();
    }

    /**
     * Starts memcached, or ends the calling test as {@link ServerRequirement} decides.
     *
     * @param options added to its command line
     */
    public static Server memcached(String... options) {
        requireDocker();
        return Server.memcached(options);
    }

    /** Starts a single Kafka broker, or ends the calling test as {@link ServerRequirement} decides. */
    public static Server kafka() {
        requireDocker();
        return Server.kafka();
    }

    private static void requireDocker() {
        if (!areRequested()) {
            Assumptions.abort("containers were not requested (-Pcontainers)"); // nothing is missing: no notice
        }
        ServerRequirement.required(
                Optional.of(true).filter(yes -> isAvailable()),
                "Docker (or no Testcontainers on the class path)",
                "start it, or run without -Pcontainers");
    }

    private static boolean hasTestcontainers() {
        try {
            Class.forName("org.testcontainers.DockerClientFactory", false, Containers.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    private static boolean hasDockerSocket() {
        String home = System.getProperty("user.home", "");
        return System.getenv("DOCKER_HOST") != null
                || Files.exists(Path.of("/var/run/docker.sock"))
                || Files.exists(Path.of(home, ".docker", "run", "docker.sock"))
                || Files.exists(Path.of(home, ".testcontainers.properties"))
                || System.getProperty("os.name", "").startsWith("Windows");
    }
}
