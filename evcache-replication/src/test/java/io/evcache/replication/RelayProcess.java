package io.evcache.replication;

import io.evcache.replication.app.RelayMain;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;

/** The relay's program in a JVM of its own, which can be killed. */
final class RelayProcess implements AutoCloseable {
    private final Process process;
    private final BufferedReader output;
    private final Thread killAtExit;

    private RelayProcess(Process process) {
        this.process = process;
        this.output = process.inputReader();
        this.killAtExit = new Thread(process::destroyForcibly, "evcache-kill-relay");
        Runtime.getRuntime().addShutdownHook(killAtExit);
    }

    /** Starts it and waits until it says that it runs. */
    static RelayProcess start(Path directory, Map<String, String> settings) throws IOException {
        Properties properties = new Properties();
        properties.putAll(settings);
        Path file = directory.resolve("relay.properties");
        try (Writer writer = Files.newBufferedWriter(file)) {
            properties.store(writer, null);
        }
        ProcessBuilder command = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx192m",
                        RelayMain.class.getName(),
                        file.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        command.environment().put("CLASSPATH", classPath);
        RelayProcess relay = new RelayProcess(command.start());
        relay.awaitReady();
        return relay;
    }

    private void awaitReady() throws IOException {
        String line = output.readLine();
        while (line != null && !line.startsWith("READY")) {
            line = output.readLine();
        }
        if (line == null) {
            throw new IllegalStateException("the relay ended before it was ready");
        }
        // What it says from here on is logs; reading keeps its pipe from filling up.
        Thread reader = new Thread(() -> output.lines().forEach(ignored -> {}), "evcache-relay-output");
        reader.setDaemon(true);
        reader.start();
    }

    /** SIGKILL; returns when it is gone. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        end();
    }

    /** SIGTERM; returns its exit code. */
    int terminate() throws InterruptedException {
        process.destroy();
        end();
        return process.exitValue();
    }

    private void end() throws InterruptedException {
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            throw new IllegalStateException("the relay does not end");
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        Runtime.getRuntime().removeShutdownHook(killAtExit);
    }
}
