package io.evcache.benchmarks.load;

import io.evcache.benchmarks.load.Entry.Role;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** The figures of a run as Markdown: the circumstances, the goals, and a table per scenario. */
final class Page {
    private static final String HEAD = """
            | Client | ops/s | ± | p50 µs | p99 µs | p99.9 µs | client CPU µs/op | server CPU µs/op | B/op | switches/op | ops ÷ EVCache | ops ÷ best peer | CPU ÷ EVCache | %s |
            | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
            """;

    private final Results results;
    private final Machine machine;

    Page(Results results, Machine machine) {
        this.results = results;
        this.machine = machine;
    }

    String text() throws IOException {
        StringBuilder out = new StringBuilder("| What | Value |\n| --- | --- |\n");
        for (Map.Entry<String, String> fact : machine.facts().entrySet()) {
            out.append("| ")
                    .append(fact.getKey())
                    .append(" | ")
                    .append(fact.getValue())
                    .append(" |\n");
        }
        out.append("\n### Goals\n\n").append(Goal.table(results));
        out.append(costs());
        for (Scenario scenario : results.scenarios()) {
            out.append("\n### ").append(scenario.title()).append("\n\n").append(table(scenario));
        }
        return out.toString();
    }

    /** What must not grow. */
    private String costs() {
        String growth = Growth.tables(results);
        String idle = results.idle().isEmpty() ? "" : "\n" + Idle.table(results.idle());
        return growth.isEmpty() && idle.isEmpty() ? "" : "\n### Cost as it grows\n" + growth + idle;
    }

    private String table(Scenario scenario) {
        List<Entry> entries = results.entries(scenario);
        boolean hasFloor = entries.contains(Entry.FLOOR);
        StringBuilder out = new StringBuilder(HEAD.formatted(hasFloor ? "p50 ÷ F" : "ops ÷ C"));
        for (Entry entry : entries) {
            out.append("| ").append(entry.label());
            cell(out, number(scenario, entry, Measured::opsPerSecond, 0));
            cell(out, Math.round(results.spread(scenario, entry, Measured::opsPerSecond) * 50) + " %");
            cell(out, number(scenario, entry, Measured::p50, 1));
            cell(out, number(scenario, entry, Measured::p99, 0));
            cell(out, number(scenario, entry, Measured::p999, 0));
            cell(out, number(scenario, entry, Measured::cpuMicros, 2));
            cell(out, number(scenario, entry, Measured::serverCpuMicros, 2));
            cell(out, entry.role() == Role.GENERATOR ? "–" : number(scenario, entry, Measured::bytesPerOp, 0));
            cell(out, number(scenario, entry, Measured::switchesPerOp, 2));
            cell(out, ratio(scenario, entry, Optional.of(Entry.EVCACHE), Measured::opsPerSecond));
            cell(out, ratio(scenario, entry, results.bestPeer(scenario), Measured::opsPerSecond));
            cell(out, ratio(scenario, entry, Optional.of(Entry.EVCACHE), Measured::cpuMicros));
            cell(
                    out,
                    hasFloor
                            ? ratio(scenario, entry, Optional.of(Entry.FLOOR), Measured::p50)
                            : ratio(scenario, entry, Optional.of(Entry.GENERATOR), Measured::opsPerSecond));
            out.append(" |\n");
        }
        return out.toString();
    }

    private static void cell(StringBuilder out, String text) {
        out.append(" | ").append(text);
    }

    private String number(Scenario scenario, Entry entry, ToDoubleFunction<Measured> metric, int digits) {
        return results.median(scenario, entry, metric)
                .map(value -> String.format(Locale.ROOT, "%,." + digits + "f", value))
                .orElse("–");
    }

    private String ratio(Scenario scenario, Entry entry, Optional<Entry> to, ToDoubleFunction<Measured> metric) {
        return to.flatMap(other -> results.ratio(scenario, entry, other, metric))
                .map(value -> String.format(Locale.ROOT, "%.2f", value))
                .orElse("–");
    }
}
