package io.evcache.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.tools.StorageTool;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;

/** The real broker and controller in one, in this JVM; {@link #main} makes a JVM of its own of it. */
final class KafkaBroker {
    static final String READY_FILE = "ready";

    private final KafkaRaftServer server;

    private KafkaBroker(KafkaRaftServer server) {
        this.server = server;
    }

    /** Formats the directory unless it is formatted, and returns when the broker accepts connections. */
    static KafkaBroker boot(Path configuration, String clusterId) throws IOException {
        format(configuration, clusterId);
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(configuration)) {
            properties.load(reader);
        }
        KafkaRaftServer server = new KafkaRaftServer(KafkaConfig.fromProps(properties, false), Time.SYSTEM);
        try {
            server.startup();
        } catch (RuntimeException e) {
            server.shutdown();
            throw e;
        }
        return new KafkaBroker(server);
    }

    /** An id of Kafka's own making: others may start with a dash, which its tool takes for an option. */
    static String newClusterId() {
        return Uuid.randomUuid().toString();
    }

    void shutdown() {
        server.shutdown();
        server.awaitShutdown();
    }

    private static void format(Path configuration, String clusterId) {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        int code = StorageTool.execute(
                new String[] {
                    "format", "--ignore-formatted", "--standalone", "-t", clusterId, "-c", configuration.toString()
                },
                new PrintStream(output, true, StandardCharsets.UTF_8));
        if (code != 0) {
            throw new IllegalStateException("formatting the broker's directory failed with code " + code + ": "
                    + output.toString(StandardCharsets.UTF_8));
        }
    }

    /** Arguments: configuration file, cluster id. Ends with its standard input, so with the JVM that started it. */
    public static void main(String[] arguments) {
        Thread parentWatch = new Thread(KafkaBroker::haltAtEndOfInput, "evcache-parent-watch");
        parentWatch.setDaemon(true);
        parentWatch.start();
        try {
            Path configuration = Path.of(arguments[0]);
            KafkaBroker broker = boot(configuration, arguments[1]);
            Runtime.getRuntime().addShutdownHook(new Thread(broker::shutdown, "evcache-broker-shutdown"));
            Files.createFile(configuration.resolveSibling(READY_FILE));
            broker.server.awaitShutdown();
        } catch (IOException | RuntimeException e) {
            e.printStackTrace();
            Runtime.getRuntime().halt(1); // a broker that failed half-way leaves threads that would keep the JVM
        }
    }

    private static void haltAtEndOfInput() {
        try {
            while (System.in.read() >= 0) {
                // Nothing is ever written; only the end matters.
            }
        } catch (IOException e) {
            // The same as the end.
        }
        Runtime.getRuntime().halt(1);
    }
}
