package io.evcache.testkit;

import static java.util.Objects.requireNonNull;
import static java.util.concurrent.TimeUnit.SECONDS;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * An installed memcached server that can be executed, and what it says its version is.
 *
 * @param path the executable
 * @param version as it prints it, for example {@code 1.6.18}
 */
public record MemcachedBinary(Path path, String version) {
    private static final Pattern VERSION = Pattern.compile("(\\d+)\\.(\\d+)\\.(\\d+)");

    public MemcachedBinary {
        requireNonNull(path, "path");
        if (!VERSION.matcher(version).lookingAt()) {
            throw new IllegalArgumentException("not a memcached version: " + version);
        }
    }

    /**
     * Asks the executable for its version, which takes a few milliseconds.
     *
     * @throws IllegalArgumentException if it cannot be executed or does not name a version
     */
    public static MemcachedBinary of(Path path) {
        String output = outputOf(path);
        Matcher version = VERSION.matcher(output);
        if (!version.find()) {
            throw new IllegalArgumentException(path + " is not memcached: -V answers '" + output.strip() + "'");
        }
        return new MemcachedBinary(path, version.group());
    }

    /** Whether the version is this one or a later one. */
    public boolean isAtLeast(int major, int minor, int patch) {
        Matcher own = VERSION.matcher(version);
        if (!own.lookingAt()) {
            throw new IllegalStateException(version);
        }
        int[] wanted = {major, minor, patch};
        for (int i = 0; i < wanted.length; i++) {
            int part = Integer.parseInt(own.group(i + 1));
            if (part != wanted[i]) {
                return part > wanted[i];
            }
        }
        return true;
    }

    /** The one that the user named by {@code -Dmemcached.bin} or the variable {@code MEMCACHED_BIN}. */
    static Optional<MemcachedBinary> named() {
        return Stream.of(
                        System.getProperty("memcached.bin", ""), System.getenv().getOrDefault("MEMCACHED_BIN", ""))
                .filter(path -> !path.isBlank())
                .findFirst()
                .map(path -> of(Path.of(path)));
    }

    /** The one that {@code dev/setup} has put below the project's directory or one above it. */
    static Optional<MemcachedBinary> inTools() {
        Path tools = Path.of(".tools", "memcached-new", "memcached");
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            if (Files.isExecutable(at.resolve(tools))) {
                return Optional.of(of(at.resolve(tools)));
            }
        }
        return Optional.empty();
    }

    /** The one that the system has installed. */
    static Optional<MemcachedBinary> installed() {
        String path = System.getenv().getOrDefault("PATH", "") + File.pathSeparator + "/usr/bin" + File.pathSeparator
                + "/usr/local/bin" + File.pathSeparator + "/opt/homebrew/bin";
        return Stream.of(path.split(Pattern.quote(File.pathSeparator)))
                .filter(directory -> !directory.isBlank())
                .map(directory -> Path.of(directory, "memcached"))
                .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
                .findFirst()
                .map(MemcachedBinary::of);
    }

    private static String outputOf(Path path) {
        try {
            Process process = new ProcessBuilder(path.toString(), "-V")
                    .redirectErrorStream(true)
                    .start();
            process.getOutputStream().close();
            byte[] output = process.getInputStream().readNBytes(4096);
            if (!process.waitFor(10, SECONDS)) {
                process.destroyForcibly();
                throw new IllegalArgumentException(path + " -V does not end");
            }
            return new String(output, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot execute " + path + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    @Override
    public String toString() {
        return "memcached " + version + " (" + path + ")";
    }
}
