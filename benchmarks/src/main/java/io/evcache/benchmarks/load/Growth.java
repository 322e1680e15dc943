package io.evcache.benchmarks.load;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How the processor time of one get changes as there is more of something: what one operation costs must not depend on how many others there are. What bare sockets cost stands beside it and is not judged. A step is the
 * median of what it was in each round.
 *
 * @param what the thing that there is more of
 * @param scenarios with less of it first
 * @param amounts how much of it, in the same order
 * @param bound how the largest step is judged
 */
record Growth(String what, List<String> scenarios, List<String> amounts, Bound bound) {

    private enum Bound {
        /** More callers or more outstanding gets share batches and wake-ups. */
        NEVER_RISES("≤ 1.00 × the figure before", 1, true),
        /** A caller that waits for each answer has nothing to share: a node more may cost no more than a little cache. */
        STAYS("≤ 1.15 × the first figure", 1.15, false),
        /** The same number of outstanding gets over more nodes are smaller batches, and so more system calls per get: told, not judged. */
        NONE("–", Double.MAX_VALUE, false);

        private final String text;
        private final double limit;
        private final boolean stepwise;

        Bound(String text, double limit, boolean stepwise) {
            this.text = text;
            this.limit = limit;
            this.stepwise = stepwise;
        }
    }

    private static final List<Growth> ALL = List.of(
            new Growth(
                    "callers that wait",
                    List.of("get-100", "get-8-threads", "get-64-threads"),
                    List.of("1", "8", "64"),
                    Bound.NEVER_RISES),
            new Growth(
                    "callers that wait, cores of its own",
                    List.of("get-100-apart", "get-8-threads-apart", "get-64-threads-apart"),
                    List.of("1", "8", "64"),
                    Bound.NEVER_RISES),
            new Growth(
                    "outstanding gets",
                    List.of("async-get-1", "async-get-256", "async-get-1024"),
                    List.of("1", "256", "1,024"),
                    Bound.NEVER_RISES),
            new Growth(
                    "nodes, one caller that waits",
                    List.of("nodes-3", "nodes-30", "nodes-300"),
                    List.of("3", "30", "300"),
                    Bound.STAYS),
            new Growth(
                    "nodes, 256 outstanding gets in all",
                    List.of("nodes-async-3", "nodes-async-30", "nodes-async-300"),
                    List.of("3", "30", "300"),
                    Bound.NONE));

    /** Returns a table for each kind of growth that this run has all figures for; empty if there is none. */
    static String tables(Results results) {
        StringBuilder out = new StringBuilder();
        for (Growth growth : ALL) {
            List<String> rows = new ArrayList<>();
            for (Entry entry : Entry.values()) {
                if (entry.role() == Entry.Role.OURS || entry.role() == Entry.Role.FLOOR) {
                    growth.row(results, entry).ifPresent(rows::add);
                }
            }
            if (!rows.isEmpty()) {
                out.append("\n| CPU µs per get: ").append(growth.what).append(" | ");
                out.append(String.join(" | ", growth.amounts)).append(" | largest step | goal |\n| --- |");
                out.append(" ---: |".repeat(growth.amounts.size() + 2)).append('\n');
                rows.forEach(out::append);
            }
        }
        return out.toString();
    }

    private Optional<String> row(Results results, Entry entry) {
        StringBuilder out = new StringBuilder("| ").append(entry.label());
        double worst = 0;
        for (int i = 0; i < scenarios.size(); i++) {
            Scenario scenario = scenario(i);
            Optional<Double> figure = results.median(scenario, entry, Measured::cpuMicros);
            if (figure.isEmpty()) {
                return Optional.empty();
            }
            out.append(number(" | %.2f", figure.get())).append(spread(results, scenario, entry));
            if (i > 0) {
                Scenario before = scenario(bound.stepwise ? i - 1 : 0);
                Optional<Double> step = results.ratio(entry, scenario, before, Measured::cpuMicros);
                worst = Math.max(worst, step.orElse(Double.NaN));
            }
        }
        boolean isJudged = entry.role() == Entry.Role.OURS;
        String mark = worst <= bound.limit || !isJudged ? "" : "**";
        out.append(" | ").append(mark).append(number("%.2f", worst)).append(mark);
        return Optional.of(out.append(" | ")
                .append(isJudged ? bound.text : "–")
                .append(" |\n")
                .toString());
    }

    private Scenario scenario(int index) {
        return Scenario.named(scenarios.get(index));
    }

    private static String spread(Results results, Scenario scenario, Entry entry) {
        return number(" ± %.0f %%", results.spread(scenario, entry, Measured::cpuMicros) * 50);
    }

    private static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
