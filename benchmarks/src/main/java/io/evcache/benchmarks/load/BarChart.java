package io.evcache.benchmarks.load;

import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * Horizontal bars as SVG, one panel per scenario, readable on light and dark ground.
 *
 * @param unit what the bars mean, and which way is better
 */
record BarChart(String file, String title, String unit, List<Scenario> panels, ToDoubleFunction<Measured> metric) {
    private static final int WIDTH = 860;
    private static final int LABELS = 240;
    private static final int NUMBERS = 90;
    private static final int ROW = 22;
    private static final int HEAD = 34;

    /** Returns the picture of these results; empty panels are left out. */
    String svg(Results results) {
        StringBuilder body = new StringBuilder();
        int y = 58;
        for (Scenario panel : panels) {
            List<Entry> entries = results.entries(panel);
            if (!entries.isEmpty()) {
                y = panel(body, results, panel, entries, y);
            }
        }
        return String.format(Locale.ROOT, """
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %1$d %2$d" font-family="sans-serif" font-size="13">
                <title>%3$s</title>
                <rect width="%1$d" height="%2$d" fill="#ffffff"/>
                <text x="16" y="28" font-size="18" font-weight="bold" fill="#1f2328">%3$s</text>
                <text x="16" y="46" fill="#59636e">%4$s</text>
                %5$s</svg>
                """, WIDTH, y + 8, title, unit, body);
    }

    private int panel(StringBuilder out, Results results, Scenario panel, List<Entry> entries, int top) {
        double longest = entries.stream()
                .mapToDouble(entry -> results.median(panel, entry, metric).orElse(0.0))
                .max()
                .orElse(1);
        out.append(String.format(
                Locale.ROOT,
                "<text x=\"16\" y=\"%d\" font-weight=\"bold\" fill=\"#1f2328\">%s</text>%n",
                top + 22,
                panel.title()));
        int y = top + HEAD;
        for (Entry entry : entries) {
            bar(out, entry, results.median(panel, entry, metric).orElse(0.0), longest, y);
            y += ROW;
        }
        return y + 6;
    }

    private static void bar(StringBuilder out, Entry entry, double value, double longest, int y) {
        double length = Math.max(1, value / longest * (WIDTH - LABELS - NUMBERS));
        out.append(String.format(
                Locale.ROOT,
                """
                <text x="%d" y="%d" text-anchor="end" fill="#1f2328"%s>%s</text>
                <rect x="%d" y="%d" width="%.1f" height="%d" fill="%s"/>
                <text x="%.1f" y="%d" fill="#1f2328">%s</text>
                """,
                LABELS - 8,
                y + 15,
                entry.role() == Entry.Role.OURS ? " font-weight=\"bold\"" : "",
                entry.label().replace("*", ""),
                LABELS,
                y + 2,
                length,
                ROW - 5,
                colour(entry.role()),
                LABELS + length + 6,
                y + 15,
                String.format(Locale.ROOT, value < 100 ? "%.1f" : "%,.0f", value)));
    }

    private static String colour(Entry.Role role) {
        return switch (role) {
            case OURS -> "#0969da";
            case PEER -> "#afb8c1";
            case FLOOR, GENERATOR -> "#dbab79";
        };
    }
}
