package io.evcache.testkit;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A real single-node Kafka broker (with its own controller) on free ports of the loopback address, without Docker.
 *
 * <p>{@link #start()} runs it in this JVM: about one second for the first, a tenth for each further one.
 * {@link #fork()} runs it in a JVM of its own (some 220 MB, one to three seconds), which can be killed and hung.
 * Ports, directory and cluster stay the same over a restart, so what was acknowledged is there again.
 *
 * <p>Needs {@code org.apache.kafka:kafka_2.13} on the class path, in the version of the {@code kafka-clients} in
 * use; it is an optional dependency of this module. Thread-safe.
 */
public final class LocalKafka implements AutoCloseable {
    private static final Duration FORK_TIMEOUT = Duration.ofSeconds(90);
    private static final String BROKER_CLASS = "kafka.server.KafkaRaftServer";

    /** A forked broker logs as this JVM does, into a file that is shown if it does not start. */
    private static final List<String> LOGGING_PROPERTIES =
            List.of("logback.configurationFile", "log4j2.configurationFile");

    private final boolean forked;
    private final Map<String, String> overrides;
    private final Path directory;
    private final String clusterId;
    // Guarded by this.
    private int port;
    private boolean closed;
    private @Nullable KafkaBroker inProcess;
    private @Nullable ChildProcess child;

    private LocalKafka(boolean forked, Map<String, String> overrides) {
        requireKafka();
        this.forked = forked;
        this.overrides = Map.copyOf(overrides);
        this.directory = ChildProcess.newDirectory("kafka");
        this.clusterId = KafkaBroker.newClusterId();
    }

    /** Whether the broker's classes are on the class path. */
    public static boolean isAvailable() {
        try {
            Class.forName(BROKER_CLASS, false, LocalKafka.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    /** A broker in this JVM, ready. */
    public static LocalKafka start() {
        return start(Map.of());
    }

    /**
     * A broker in this JVM with further broker settings, which win over those that this class sets.
     *
     * <p>To put a {@code FaultProxy} before it, set {@code advertised.listeners} to {@code BROKER://} and the
     * proxy's address; otherwise clients go round the proxy after their first metadata answer.
     */
    public static LocalKafka start(Map<String, String> overrides) {
        return opened(new LocalKafka(false, overrides));
    }

    /** A broker in a JVM of its own, ready. It ends with this JVM, however that ends. */
    public static LocalKafka fork() {
        return fork(Map.of());
    }

    /** The same with further broker settings. */
    public static LocalKafka fork(Map<String, String> overrides) {
        return opened(new LocalKafka(true, overrides));
    }

    /** {@code host:port} for clients; the same over its whole life. */
    public String bootstrapServers() {
        return "127.0.0.1:" + port();
    }

    /** The port of {@link #bootstrapServers()}. */
    public synchronized int port() {
        return port;
    }

    /**
     * Creates the topic, not replicated, and returns when each partition has a leader.
     *
     * @throws IllegalStateException if the broker refuses, for example because it exists, or takes over 30 seconds
     */
    public void createTopic(String name, int partitions) {
        KafkaTopics.create(bootstrapServers(), requireNonNull(name, "name"), partitions);
    }

    /** The offset after the last record, by partition, in order. Fails as {@link #createTopic} does. */
    public Map<Integer, Long> endOffsets(String topic) {
        return KafkaTopics.endOffsets(bootstrapServers(), requireNonNull(topic, "topic"));
    }

    /**
     * The number of the forked broker's process, a new one after each restart.
     *
     * @throws UnsupportedOperationException if it runs in this JVM
     * @throws IllegalStateException if it is stopped
     */
    public synchronized long pid() {
        return runningChild("name the process of").pid();
    }

    /** Whether it was started and neither stopped nor killed; a hung one runs. */
    public synchronized boolean isRunning() {
        return inProcess != null || (child != null && child.isAlive());
    }

    /** Shuts it down in order, at most some seconds. Does nothing if it is stopped. */
    public synchronized void stop() {
        if (inProcess != null) {
            inProcess.shutdown();
            inProcess = null;
        }
        if (child != null) {
            child.terminate();
            child = null;
        }
    }

    /** Starts it again on the same port with the same data; stops it first if it runs. */
    public synchronized void restart() {
        if (closed) {
            throw new IllegalStateException(this + " is closed");
        }
        stop();
        boot();
    }

    /**
     * SIGKILL, only for a forked broker. Does nothing if it is stopped.
     *
     * @throws UnsupportedOperationException if it runs in this JVM
     */
    public synchronized void kill() {
        requireForked("kill");
        if (child != null) {
            child.kill();
            child = null;
        }
    }

    /** SIGSTOP, only for a forked broker: connections open, nothing is answered. */
    public synchronized void hang() {
        runningChild("hang").hang();
    }

    /** SIGCONT, only for a forked broker. */
    public synchronized void resume() {
        runningChild("resume").resume();
    }

    /** Ends it and deletes its data. Repeating it does nothing. */
    @Override
    public synchronized void close() {
        closed = true;
        if (child != null) {
            kill(); // nothing that an orderly end would save is kept
        }
        stop();
        ChildProcess.deleteDirectory(directory);
    }

    private static LocalKafka opened(LocalKafka kafka) {
        try {
            kafka.firstBoot();
            return kafka;
        } catch (RuntimeException e) {
            kafka.close();
            throw e;
        }
    }

    /** Somebody may take a port between its choice and its use; then other ones are tried, once. */
    private synchronized void firstBoot() {
        choosePorts();
        try {
            boot();
        } catch (RuntimeException e) {
            if (!isCausedByTakenPort(e)) {
                throw e;
            }
            stop();
            choosePorts();
            boot();
        }
    }

    private void boot() {
        try {
            if (forked) {
                child = forkedBroker();
                child.awaitFile(directory.resolve(KafkaBroker.READY_FILE), FORK_TIMEOUT);
            } else {
                inProcess = KafkaBroker.boot(configuration(), clusterId);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private ChildProcess forkedBroker() throws IOException {
        Files.deleteIfExists(directory.resolve(KafkaBroker.READY_FILE));
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        line.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx256m"));
        for (String property : LOGGING_PROPERTIES) {
            if (System.getProperty(property) != null) {
                line.add("-D" + property + "=" + System.getProperty(property));
            }
        }
        line.addAll(List.of(KafkaBroker.class.getName(), configuration().toString(), clusterId));
        ProcessBuilder command = new ProcessBuilder(line);
        // Surefire's own class path is one jar with a manifest; this property holds the real one.
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        command.environment().put("CLASSPATH", classPath);
        return ChildProcess.start("kafka", command, directory.resolve("output"));
    }

    private Path configuration() {
        return directory.resolve("server.properties");
    }

    private void choosePorts() {
        try (ServerSocket broker = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ServerSocket controller = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = broker.getLocalPort();
            Map<String, String> settings = new TreeMap<>(settings(port, controller.getLocalPort()));
            settings.putAll(overrides);
            List<String> lines = settings.entrySet().stream()
                    .map(e -> e.getKey() + "=" + e.getValue())
                    .toList();
            Files.write(configuration(), lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Map<String, String> settings(int brokerPort, int controllerPort) {
        String broker = "BROKER://127.0.0.1:" + brokerPort;
        return Map.ofEntries(
                Map.entry("process.roles", "broker,controller"),
                Map.entry("node.id", "1"),
                Map.entry("listeners", broker + ",CONTROLLER://127.0.0.1:" + controllerPort),
                Map.entry("advertised.listeners", broker),
                Map.entry("listener.security.protocol.map", "BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT"),
                Map.entry("inter.broker.listener.name", "BROKER"),
                Map.entry("controller.listener.names", "CONTROLLER"),
                Map.entry("controller.quorum.bootstrap.servers", "127.0.0.1:" + controllerPort),
                Map.entry("log.dirs", directory.resolve("data").toString()),
                Map.entry("offsets.topic.replication.factor", "1"),
                Map.entry("offsets.topic.num.partitions", "1"),
                Map.entry("transaction.state.log.replication.factor", "1"),
                Map.entry("transaction.state.log.min.isr", "1"),
                Map.entry("transaction.state.log.num.partitions", "1"),
                Map.entry("group.initial.rebalance.delay.ms", "0"),
                Map.entry("auto.create.topics.enable", "false"),
                Map.entry("num.network.threads", "1"),
                Map.entry("num.io.threads", "2"),
                Map.entry("log.cleaner.dedupe.buffer.size", "2097152"),
                // A killed broker's old registration must expire before it may come back: 11 s by default.
                Map.entry("broker.session.timeout.ms", "1000"),
                Map.entry("broker.heartbeat.interval.ms", "250"));
    }

    private ChildProcess runningChild(String verb) {
        requireForked(verb);
        if (child == null) {
            throw new IllegalStateException(this + " is stopped");
        }
        return child;
    }

    private void requireForked(String verb) {
        if (!forked) {
            throw new UnsupportedOperationException("cannot " + verb + " a broker in this JVM: use LocalKafka.fork()");
        }
    }

    private static void requireKafka() {
        if (!isAvailable()) {
            throw new IllegalStateException("LocalKafka needs the broker, org.apache.kafka:kafka_2.13 in the version of"
                    + " your kafka-clients, on the class path: add it in test scope");
        }
    }

    private static boolean isCausedByTakenPort(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof BindException
                    || String.valueOf(cause.getMessage()).contains("Address already in use")) {
                return true;
            }
        }
        return false;
    }

    @Override
    public synchronized String toString() {
        return "LocalKafka(" + (forked ? "forked, " : "") + "127.0.0.1:" + port + (closed ? ", closed" : "") + ")";
    }
}
