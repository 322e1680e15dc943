package io.evcache.examples.daocacheaside;

import java.util.List;
import java.util.Locale;

/** Queries per second over time, one line for each way of caching, as SVG that reads well on light and on dark pages. */
final class QueryChart {
    private static final int WIDTH = 720;
    private static final int HEIGHT = 300;
    private static final int LEFT = 60;
    private static final int TOP = 50;
    private static final int RIGHT = 700;
    private static final int BOTTOM = 250;

    private QueryChart() {}

    static String draw(List<Long> off, List<Long> on) {
        long most = Math.max(1, Math.max(max(off), max(on)));
        StringBuilder svg = new StringBuilder(String.format(Locale.ROOT, """
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="13" role="img">
                <title>Database queries per second, stampede protection off and on</title>
                <style>text{fill:#555}line{stroke:#999}@media(prefers-color-scheme:dark){text{fill:#bbb}line{stroke:#777}}</style>
                <text x="%d" y="22" font-size="15">Database queries per second</text>
                """, WIDTH, HEIGHT, LEFT));
        for (int i = 0; i <= 4; i++) {
            int y = BOTTOM - (BOTTOM - TOP) * i / 4;
            svg.append(String.format(
                    Locale.ROOT,
                    "<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" stroke-width=\"0.5\"/><text x=\"%d\" y=\"%d\" text-anchor=\"end\">%,d</text>%n",
                    LEFT,
                    y,
                    RIGHT,
                    y,
                    LEFT - 8,
                    y + 4,
                    most * i / 4));
        }
        int seconds = Math.max(off.size(), on.size());
        for (int second = 1; second <= seconds; second++) {
            svg.append(String.format(
                    Locale.ROOT,
                    "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%d s</text>%n",
                    x(second, seconds),
                    BOTTOM + 20,
                    second));
        }
        line(svg, off, most, seconds, "#d95f02", "get, load, set by hand: " + sum(off) + " queries", 0);
        line(svg, on, most, seconds, "#1b9e77", "CacheAside with leases: " + sum(on) + " queries", 1);
        return svg.append("</svg>\n").toString();
    }

    private static void line(
            StringBuilder svg, List<Long> values, long most, int seconds, String colour, String label, int row) {
        svg.append("<polyline fill=\"none\" stroke=\"").append(colour).append("\" stroke-width=\"3\" points=\"");
        for (int i = 0; i < values.size(); i++) {
            svg.append(x(i + 1, seconds)).append(',').append(BOTTOM - (BOTTOM - TOP) * values.get(i) / most);
            svg.append(' ');
        }
        svg.append(String.format(
                Locale.ROOT,
                "\"/>%n<rect x=\"%d\" y=\"%d\" width=\"14\" height=\"4\" fill=\"%s\"/><text x=\"%d\" y=\"%d\">%s</text>%n",
                LEFT + 300 * row,
                HEIGHT - 16,
                colour,
                LEFT + 20 + 300 * row,
                HEIGHT - 10,
                label));
    }

    private static int x(int second, int seconds) {
        return seconds == 1 ? LEFT : LEFT + (RIGHT - LEFT - 10) * (second - 1) / (seconds - 1);
    }

    private static long max(List<Long> values) {
        return values.stream().mapToLong(Long::longValue).max().orElse(0);
    }

    static long sum(List<Long> values) {
        return values.stream().mapToLong(Long::longValue).sum();
    }
}
