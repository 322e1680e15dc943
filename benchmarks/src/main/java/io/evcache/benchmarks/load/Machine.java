package io.evcache.benchmarks.load;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where, when and with what a run was made: without it figures mean nothing. */
final class Machine {
    static final String NO_NEWER_JDK =
            "left out, no JDK " + Jdk.WITH_VIRTUAL_THREADS + " was found; " + Jdk.VARIABLE + " says where one is";

    private static final String UNKNOWN = "unknown";

    private final Options options;
    private final List<String> libraries;
    private final String virtualThreads;
    private final String loadBefore;
    private final String loadAfter;
    private final String memcached;

    private Machine(
            Options options,
            List<String> libraries,
            String virtualThreads,
            String loadBefore,
            String loadAfter,
            String memcached) {
        this.options = options;
        this.libraries = libraries;
        this.virtualThreads = virtualThreads;
        this.loadBefore = loadBefore;
        this.loadAfter = loadAfter;
        this.memcached = memcached;
    }

    static Machine before(Options options, Path directory, Optional<Jdk> newer) throws IOException {
        List<String> libraries = new ArrayList<>();
        for (Entry entry : options.entries()) {
            if (entry.role() == Entry.Role.PEER) {
                // A class path starts with the library that was asked for.
                String jar = Path.of(WorkerProcess.libraries(entry, directory).get(0))
                        .getFileName()
                        .toString()
                        .replace(".jar", "");
                if (!libraries.contains(jar)) {
                    libraries.add(jar);
                }
            }
        }
        String virtualThreads = newer.map(jdk -> "JDK " + jdk.version()).orElse(NO_NEWER_JDK);
        return new Machine(options, libraries, virtualThreads, load(), "", "");
    }

    Machine after(String memcachedVersion) throws IOException {
        return new Machine(options, libraries, virtualThreads, loadBefore, load(), memcachedVersion);
    }

    /** Returns what a reader must know, most important first. */
    Map<String, String> facts() throws IOException {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("Date", LocalDate.now(ZoneOffset.UTC).toString());
        facts.put("Command", "`" + options.command() + "`");
        facts.put(
                "Rounds",
                options.rounds() + " of " + options.trialLengths() + " after " + options.warmUp()
                        + " of warm-up, until the JVM hardly compiles any more, per scenario and contender");
        facts.put(
                "Machine",
                Runtime.getRuntime().availableProcessors() + " × " + field("/proc/cpuinfo", "model name") + ", "
                        + memory() + ", Linux " + System.getProperty("os.version"));
        facts.put("Load before and after", loadBefore + " and " + loadAfter + " runnable tasks on average (1 minute)");
        facts.put("JVM", System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version"));
        facts.put("Virtual threads", virtualThreads);
        facts.put(
                "memcached",
                memcached + ", loopback; one node with 2 threads, three zones with 1 thread each, and many nodes that"
                        + " are ports of one process with 1 thread");
        facts.put("Peers", String.join(", ", libraries));
        return facts;
    }

    private static String load() throws IOException {
        return Files.readString(Path.of("/proc/loadavg")).split(" ", -1)[0];
    }

    private static String memory() throws IOException {
        String kib = field("/proc/meminfo", "MemTotal").replaceAll("\\D", "");
        return kib.isEmpty() ? UNKNOWN : Math.round(Long.parseLong(kib) / 1_048_576.0) + " GiB";
    }

    private static String field(String file, String name) throws IOException {
        return Arrays.stream(
                        Files.readString(Path.of(file), StandardCharsets.UTF_8).split("\n", -1))
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(line.indexOf(':') + 1).trim())
                .findFirst()
                .orElse(UNKNOWN);
    }
}
