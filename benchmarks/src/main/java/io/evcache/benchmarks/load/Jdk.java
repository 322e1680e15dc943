package io.evcache.benchmarks.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * An installed JDK.
 *
 * @param home its directory
 * @param version as its own {@code release} file names it
 */
record Jdk(Path home, String version) {
    /** The first Java where a virtual thread that waits inside {@code synchronized} does not hold its carrier is 24; 25 is the release that is supported for long. */
    static final int WITH_VIRTUAL_THREADS = 25;

    static final String VARIABLE = "JAVA25_HOME";

    private static final List<Path> USUAL = List.of(
            Path.of("/usr/lib/jvm"),
            Path.of("/opt/java"),
            Path.of("/Library/Java/JavaVirtualMachines"),
            Path.of(System.getProperty("user.home", "/"), ".sdkman/candidates/java"));

    /** Returns the JDK that this program runs on. */
    static Jdk current() {
        return new Jdk(Path.of(System.getProperty("java.home")), System.getProperty("java.version"));
    }

    /**
     * Looks for one of that release: in the environment variable {@value #VARIABLE}, then in the usual directories.
     *
     * @throws IllegalArgumentException if the variable names something else
     */
    static Optional<Jdk> find(int release) throws IOException {
        String named = System.getenv(VARIABLE);
        if (named != null && !named.isEmpty()) {
            Optional<Jdk> jdk = at(Path.of(named)).filter(found -> found.isRelease(release));
            return Optional.of(jdk.orElseThrow(() -> new IllegalArgumentException(
                    VARIABLE + " must be the directory of a JDK " + release + ", was " + named)));
        }
        for (Path directory : USUAL) {
            Optional<Jdk> found = in(directory, release);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    /** Returns a JDK of that release among those in a directory. */
    static Optional<Jdk> in(Path directory, int release) throws IOException {
        if (!Files.isDirectory(directory)) {
            return Optional.empty();
        }
        try (Stream<Path> homes = Files.list(directory)) {
            return homes.sorted()
                    .flatMap(home -> Stream.of(home, home.resolve("Contents/Home")))
                    .flatMap(home -> at(home).stream())
                    .filter(jdk -> jdk.isRelease(release))
                    .findFirst();
        }
    }

    Path java() {
        return home.resolve("bin").resolve("java");
    }

    private boolean isRelease(int release) {
        return version.equals(Integer.toString(release)) || version.startsWith(release + ".");
    }

    private static Optional<Jdk> at(Path home) {
        if (!Files.isExecutable(home.resolve("bin").resolve("java"))) {
            return Optional.empty();
        }
        try {
            return Arrays.stream(Files.readString(home.resolve("release")).split("\n", -1))
                    .filter(line -> line.startsWith("JAVA_VERSION="))
                    .map(line -> new Jdk(
                            home,
                            line.substring(line.indexOf('=') + 1)
                                    .replace("\"", "")
                                    .trim()))
                    .findFirst();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
