package io.evcache.client.load;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On each JDK of Java 21 or newer that is found, in a JVM of its own: the suite itself runs on one without virtual threads. What needs none is in {@link WaitingThreadsTest}. */
class VirtualThreadsTest {
    private static final int OLDEST = 21;
    private static final String VARIABLE = "JAVA25_HOME"; // as for the benchmarks
    private static final Pattern VERSION = Pattern.compile("JAVA_VERSION=\"(\\d+)");
    private static final List<Path> USUAL = List.of(
            Path.of("/usr/lib/jvm"),
            Path.of("/opt/java"),
            Path.of("/Library/Java/JavaVirtualMachines"),
            Path.of(System.getProperty("user.home", "/"), ".sdkman/candidates/java"));

    @TempDir
    Path directory = Path.of(".");

    @Test
    void neitherAReadNorALoadHoldsTheCarrierOfTheVirtualThreadThatWaitsForIt() throws Exception {
        Set<Path> jdks = jdks();
        assumeTrue(!jdks.isEmpty(), "needs a JDK " + OLDEST + " or newer in " + VARIABLE + " or one of " + USUAL);
        for (Path jdk : jdks) {
            assertThat(printedOn(jdk))
                    .as("%s", jdk)
                    .contains(
                            "deadlines 64",
                            "interrupts 64",
                            "waits for one answer 64",
                            "answers at the deadline 6400",
                            "reads 64",
                            "getOrLoad 64",
                            "loads on own threads 64",
                            "loads on virtual threads 64",
                            "carriers 1");
        }
    }

    private List<String> printedOn(Path jdk) throws Exception {
        Path output = directory.resolve("output");
        Process child = new ProcessBuilder(
                        jdk.resolve("bin").resolve("java").toString(),
                        "-Xmx128m",
                        "-Djdk.virtualThreadScheduler.parallelism=1",
                        "-Djdk.virtualThreadScheduler.maxPoolSize=1",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        OnOneCarrier.class.getName())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(child.waitFor(100, SECONDS)).as("has ended").isTrue();
        } finally {
            child.destroyForcibly();
        }
        return Files.readAllLines(output);
    }

    private static Set<Path> jdks() throws IOException {
        Set<Path> found = new TreeSet<>();
        List<Path> candidates = Stream.concat(
                        Stream.of(System.getProperty("java.home"), String.valueOf(System.getenv(VARIABLE)))
                                .map(Path::of),
                        USUAL.stream().flatMap(VirtualThreadsTest::homesIn))
                .filter(VirtualThreadsTest::hasVirtualThreads)
                .toList();
        for (Path home : candidates) {
            found.add(home.toRealPath()); // some are links to others
        }
        return found;
    }

    private static Stream<Path> homesIn(Path installed) {
        if (!Files.isDirectory(installed)) {
            return Stream.empty();
        }
        try (Stream<Path> homes = Files.list(installed)) {
            return homes.sorted().toList().stream().flatMap(home -> Stream.of(home, home.resolve("Contents/Home")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean hasVirtualThreads(Path home) {
        Path release = home.resolve("release");
        try {
            if (!Files.isExecutable(home.resolve("bin").resolve("java")) || !Files.isReadable(release)) {
                return false;
            }
            Matcher version = VERSION.matcher(Files.readString(release));
            return version.find() && Integer.parseInt(version.group(1)) >= OLDEST;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
