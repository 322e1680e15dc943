package io.evcache.benchmarks.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Puts figures and charts into the documentation: what stands between the two markers of the page is replaced, the words around it stay. */
final class Publication {
    static final String BEGIN = "<!-- figures: written by benchmarks/run -->";
    static final String END = "<!-- end of figures -->";

    private static final List<BarChart> CHARTS = List.of(
            new BarChart(
                    "performance-latency.svg",
                    "Synchronous get, one thread",
                    "median latency in µs; shorter is better",
                    scenarios("get-100", "get-1k", "get-10k"),
                    Measured::p50),
            new BarChart(
                    "performance-threads.svg",
                    "Synchronous get, many threads",
                    "operations per second; longer is better",
                    scenarios("get-8-threads", "get-64-threads"),
                    Measured::opsPerSecond),
            new BarChart(
                    "performance-async.svg",
                    "Asynchronous get and set",
                    "operations per second; longer is better",
                    scenarios("async-get-256", "async-get-1024", "async-set-256"),
                    Measured::opsPerSecond),
            new BarChart(
                    "performance-cpu.svg",
                    "Processor time of the client",
                    "µs per operation; shorter is better",
                    scenarios("get-64-threads", "async-get-256", "bulk-100", "zones-async-set-256"),
                    Measured::cpuMicros),
            new BarChart(
                    "performance-bulk.svg",
                    "Bulk get",
                    "calls per second; longer is better",
                    scenarios("bulk-10", "bulk-100"),
                    Measured::opsPerSecond),
            new BarChart(
                    "performance-zones.svg",
                    "Write to three zones",
                    "writes per second, each to all zones; longer is better",
                    scenarios("zones-set", "zones-async-set-256"),
                    Measured::opsPerSecond));

    private Publication() {}

    /** Rewrites {@code performance.md} and its images below {@code docs}. */
    static void write(Path docs, String figures, Results results) throws IOException {
        Path page = docs.resolve("performance.md");
        StringBuilder block = new StringBuilder();
        for (BarChart chart : CHARTS) {
            Files.writeString(docs.resolve("images").resolve(chart.file()), chart.svg(results));
            block.append("![")
                    .append(chart.title())
                    .append("](images/")
                    .append(chart.file())
                    .append(")\n\n");
        }
        Files.writeString(page, replace(Files.readString(page), block + figures));
    }

    /** Returns the page with other figures between its markers. */
    static String replace(String page, String figures) {
        int begin = page.indexOf(BEGIN);
        int end = page.indexOf(END);
        if (begin < 0 || end < begin) {
            throw new IllegalArgumentException("the page has no markers " + BEGIN + " … " + END);
        }
        return page.substring(0, begin + BEGIN.length()) + "\n\n" + figures + "\n" + page.substring(end);
    }

    private static List<Scenario> scenarios(String... names) {
        return Arrays.stream(names).map(Scenario::named).toList();
    }
}
