package io.evcache.benchmarks.load;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * What a client with many open connections costs while nobody asks it anything. Everything that its JVM uses counts, as if the JVM were there for it alone.
 *
 * @param heapBytes in use after a collection
 * @param directBytes outside the heap: buffers of Java and of Netty
 * @param threadBytes committed stacks and bookkeeping of all threads, the JVM's own included
 */
record Idle(
        int nodes,
        int connectionsPerNode,
        long nanos,
        long cpuNanos,
        long heapBytes,
        long directBytes,
        long threadBytes) {
    private static final int NODES = 1_000;
    private static final int CONNECTIONS = 2;
    private static final double MOST_CPU_PERCENT = 1;
    private static final double MOST_MIB = 64;

    /** Measures in a JVM of its own, started with defaults but for its books of memory. */
    static Idle measure(Servers servers, Path directory, int seconds) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Jdk.current().java().toString(),
                "-XX:NativeMemoryTracking=summary",
                "-cp",
                WorkerProcess.classPath(Entry.CLIENT, directory),
                IdleClient.class.getName(),
                Integer.toString(seconds),
                Integer.toString(CONNECTIONS)));
        servers.manyPorts(NODES).forEach(port -> command.add(Integer.toString(port)));
        Process process = new ProcessBuilder(command)
                .redirectError(directory.resolve("idle.log").toFile())
                .start();
        String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.startsWith("ok ") || line.startsWith("failed"))
                .findFirst()
                .orElse("failed: its process ended; see idle.log");
        if (!answer.startsWith("ok ")) {
            throw new IOException("an idle client could not be measured: " + answer);
        }
        return parse(answer.substring(3));
    }

    static Idle parse(String line) {
        long[] part = Arrays.stream(line.trim().split(" ", -1))
                .mapToLong(Long::parseLong)
                .toArray();
        return new Idle((int) part[0], (int) part[1], part[2], part[3], part[4], part[5], part[6]);
    }

    String line() {
        return nodes + " " + connectionsPerNode + " " + nanos + " " + cpuNanos + " " + heapBytes + " " + directBytes
                + " " + threadBytes;
    }

    /** Returns all rounds as a table with the goals. */
    static String table(List<Idle> rounds) {
        StringBuilder out = new StringBuilder("| ")
                .append(String.format(
                        Locale.ROOT,
                        "%,d nodes × %d connections, nothing asked for %d s",
                        rounds.get(0).nodes,
                        rounds.get(0).connectionsPerNode,
                        Math.round(rounds.get(0).nanos / 1e9)));
        for (int round = 1; round <= rounds.size(); round++) {
            out.append(" | round ").append(round);
        }
        out.append(" | goal |\n| --- |")
                .append(" ---: |".repeat(rounds.size() + 1))
                .append('\n');
        row(out, "processor time, % of a core", rounds.stream().map(Idle::cpuPercent), MOST_CPU_PERCENT);
        row(out, "memory, MiB", rounds.stream().map(Idle::mib), MOST_MIB);
        row(out, "– heap after a collection", rounds.stream().map(idle -> mib(idle.heapBytes)), 0);
        row(out, "– buffers outside the heap", rounds.stream().map(idle -> mib(idle.directBytes)), 0);
        row(out, "– threads", rounds.stream().map(idle -> mib(idle.threadBytes)), 0);
        return out.toString();
    }

    private static void row(StringBuilder out, String what, Stream<Double> figures, double most) {
        out.append("| ").append(what);
        figures.forEach(figure -> {
            String mark = most == 0 || figure <= most ? "" : "**";
            out.append(" | ")
                    .append(mark)
                    .append(String.format(Locale.ROOT, "%.2f", figure))
                    .append(mark);
        });
        out.append(most == 0 ? " | |\n" : String.format(Locale.ROOT, " | ≤ %.0f |%n", most));
    }

    private double cpuPercent() {
        return cpuNanos * 100.0 / nanos;
    }

    private double mib() {
        return mib(heapBytes + directBytes + threadBytes);
    }

    private static double mib(long bytes) {
        return bytes / 1_048_576.0;
    }
}
