package io.evcache.benchmarks.load;

import io.evcache.testkit.MemcachedBinary;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One memcached process with one thread that listens on many ports of the loopback address, chosen by the kernel: to a client, as many nodes. */
final class ManyNodes implements AutoCloseable {
    private static final String LINE = "TCP INET: ";
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** Enough for two connections to each of a thousand nodes of every contender. */
    private static final String CONNECTIONS = "8192";

    private final Process process;
    private final List<Integer> ports;
    private final Thread atExit;

    private ManyNodes(Process process, List<Integer> ports, Thread atExit) {
        this.process = process;
        this.ports = ports;
        this.atExit = atExit;
    }

    static ManyNodes start(MemcachedBinary binary, int count) {
        try {
            Path portFile = Files.createTempDirectory("memcached").resolve("ports");
            List<String> command = new ArrayList<>(
                    List.of(binary.path().toString(), "-p", "-1", "-U", "0", "-m", "64", "-t", "1", "-c", CONNECTIONS));
            if (System.getProperty("user.name", "").equals("root")) {
                command.addAll(List.of("-u", "root"));
            }
            command.addAll(List.of("-l", String.join(",", Collections.nCopies(count, "127.0.0.1"))));
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD);
            builder.environment().put("MEMCACHED_PORT_FILENAME", portFile.toString());
            Process process = builder.start();
            Thread atExit = new Thread(process::destroyForcibly);
            Runtime.getRuntime().addShutdownHook(atExit);
            try {
                return new ManyNodes(process, awaitPorts(process, portFile), atExit);
            } finally {
                Files.deleteIfExists(portFile);
                Files.deleteIfExists(portFile.getParent());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    long pid() {
        return process.pid();
    }

    List<Integer> ports() {
        return ports;
    }

    @Override
    public void close() {
        process.destroyForcibly();
        Runtime.getRuntime().removeShutdownHook(atExit);
    }

    /** The file appears under its name once it is whole. */
    private static List<Integer> awaitPorts(Process process, Path file) throws IOException {
        long start = System.nanoTime();
        while (!Files.exists(file)) {
            if (ends(process) || System.nanoTime() - start > PATIENCE_NANOS) {
                process.destroyForcibly();
                throw new IOException("memcached did not start with many ports");
            }
        }
        return Files.readAllLines(file).stream()
                .filter(line -> line.startsWith(LINE))
                .map(line -> Integer.parseInt(line.substring(LINE.length())))
                .toList();
    }

    /** Waits a little for an end that should not come. */
    private static boolean ends(Process process) throws IOException {
        try {
            return process.waitFor(10, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
