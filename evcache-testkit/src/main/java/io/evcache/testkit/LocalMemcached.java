package io.evcache.testkit;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A real memcached process on a free port of the loopback address, for tests that must see the real server.
 *
 * <p>A start takes about 10 ms, so one per test is affordable. The server chooses its port itself and keeps
 * it over {@link #restart()}; it is never 11211, where a system's own service may listen. Signals need a
 * {@code kill} command, so {@link #hang()} and {@link #resume()} work on Linux and macOS.
 *
 * <p>Thread-safe. The process ends with {@link #close()}, or when this JVM exits in an orderly way.
 */
public final class LocalMemcached implements AutoCloseable {
    private static final Duration START_TIMEOUT = Duration.ofSeconds(15);
    private static final Pattern PORT = Pattern.compile("TCP INET: (\\d+)");
    /** Where it listens and that it stays in the foreground is this class's business. */
    private static final Set<String> REFUSED_OPTIONS = Set.of("-p", "-P", "-s", "-d", "-U");

    private final MemcachedBinary binary;
    private final List<String> options;
    private final String host;
    private final Path directory;
    // Guarded by this.
    private int port;
    private boolean closed;
    private @Nullable ChildProcess process;

    /** Which of the installed servers is meant. */
    public enum Version {
        /** The system's own, whatever its version: on Debian 12 it is 1.6.18, which lacks explicit CAS values. */
        DEBIAN_12,
        /** One of 1.6.27 or later, which has every meta command flag that the client can use. */
        NEWEST
    }

    private LocalMemcached(MemcachedBinary binary, List<String> options) {
        this.binary = binary;
        this.options = options;
        this.host = hostIn(options);
        this.directory = ChildProcess.newDirectory("memcached");
    }

    /**
     * Looks for an installed server, in this order: system property {@code memcached.bin}, environment variable
     * {@code MEMCACHED_BIN}, {@code .tools/memcached-new/memcached} in the working directory or one above it
     * (only for {@link Version#NEWEST}), {@code memcached} on the path and in the usual directories.
     *
     * @return empty if there is none of that version
     * @throws IllegalArgumentException if the property or the variable names something that is not memcached
     */
    public static Optional<MemcachedBinary> find(Version version) {
        return switch (requireNonNull(version, "version")) {
            case DEBIAN_12 -> MemcachedBinary.named().or(MemcachedBinary::installed);
            case NEWEST ->
                Stream.of(MemcachedBinary.named(), MemcachedBinary.inTools(), MemcachedBinary.installed())
                        .flatMap(Optional::stream)
                        .filter(binary -> binary.isAtLeast(1, 6, 27))
                        .findFirst();
        };
    }

    /**
     * Starts a server with 64 MiB of memory and one thread, and returns when it accepts connections.
     *
     * @param options added to the command line, for example {@code "-m", "1024"} or {@code "-l", "127.0.0.7"};
     *     later ones win. Not {@code -p}, {@code -P}, {@code -s}, {@code -d} and {@code -U}
     * @throws IllegalStateException if it does not start, with what it printed
     */
    public static LocalMemcached start(MemcachedBinary binary, String... options) {
        for (String option : options) {
            if (REFUSED_OPTIONS.contains(option)) {
                throw new IllegalArgumentException("option " + option + " is set by LocalMemcached itself");
            }
        }
        LocalMemcached server = new LocalMemcached(requireNonNull(binary, "binary"), List.of(options));
        try {
            server.start();
            return server;
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
    }

    /** {@code host:port}, the same over its whole life. */
    public String address() {
        return host + ":" + port();
    }

    /** The port of {@link #address()}. */
    public synchronized int port() {
        return port;
    }

    /**
     * The process's number, a new one after each restart.
     *
     * @throws IllegalStateException if it is stopped
     */
    public synchronized long pid() {
        return running().pid();
    }

    /** The server's version, for example {@code 1.6.18}. */
    public String version() {
        return binary.version();
    }

    /** Whether the process exists, be it hung or not. */
    public synchronized boolean isRunning() {
        return process != null && process.isAlive();
    }

    /** Ends it in order (SIGTERM), which takes up to a second. Does nothing if it is stopped. */
    public synchronized void stop() {
        if (process != null) {
            process.terminate();
            process = null;
        }
    }

    /** Ends it at once (SIGKILL): its clients see their connections closed. Does nothing if it is stopped. */
    public synchronized void kill() {
        if (process != null) {
            process.kill();
            process = null;
        }
    }

    /** Hangs it (SIGSTOP): connections still open, because the kernel accepts them, and nothing is answered. */
    public synchronized void hang() {
        running().hang();
    }

    /** Lets it go on (SIGCONT) and answer what has come in the meantime. */
    public synchronized void resume() {
        running().resume();
    }

    /** Starts it again, empty, on the same port; kills it first if it runs. */
    public synchronized void restart() {
        kill();
        start();
    }

    /** Kills it and removes its files. Repeating it does nothing. */
    @Override
    public synchronized void close() {
        closed = true;
        kill();
        ChildProcess.deleteDirectory(directory);
    }

    private synchronized void start() {
        if (closed) {
            throw new IllegalStateException(this + " is closed");
        }
        Path portFile = directory.resolve("port");
        try {
            Files.deleteIfExists(portFile);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        ProcessBuilder command = new ProcessBuilder(commandLine()).directory(directory.toFile());
        command.environment().put("MEMCACHED_PORT_FILENAME", portFile.toString());
        process = ChildProcess.start(binary.toString(), command, directory.resolve("output"));
        process.awaitFile(portFile, START_TIMEOUT);
        port = portIn(portFile);
    }

    private List<String> commandLine() {
        List<String> line = new ArrayList<>();
        line.add(binary.path().toString());
        // -1 lets the kernel choose: no race for a port that was free a moment ago.
        line.addAll(List.of("-p", port == 0 ? "-1" : Integer.toString(port), "-U", "0"));
        line.addAll(List.of("-l", host, "-m", "64", "-t", "1", "-c", "1024"));
        if (System.getProperty("user.name", "").equals("root")) {
            line.addAll(List.of("-u", "root")); // it refuses to run as root unless told to
        }
        for (int i = 0; i < options.size(); i++) {
            if (options.get(i).equals("-l")) {
                i++; // a second -l would add an address, not replace the first
            } else {
                line.add(options.get(i));
            }
        }
        return line;
    }

    private ChildProcess running() {
        if (process == null) {
            throw new IllegalStateException(this + " is stopped");
        }
        return process;
    }

    private static String hostIn(List<String> options) {
        int at = options.lastIndexOf("-l");
        if (at == options.size() - 1 && at >= 0) {
            throw new IllegalArgumentException("-l without an address");
        }
        return at < 0 ? "127.0.0.1" : options.get(at + 1);
    }

    private static int portIn(Path file) {
        try {
            String text = Files.readString(file);
            Matcher found = PORT.matcher(text);
            if (!found.find()) {
                throw new IllegalStateException("memcached did not name its port but '" + text.strip() + "'");
            }
            return Integer.parseInt(found.group(1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public synchronized String toString() {
        return "LocalMemcached(" + binary.version() + ", " + host + ":" + port + (closed ? ", closed" : "") + ")";
    }
}
