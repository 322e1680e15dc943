package io.evcache.core.ring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

/**
 * The figures in {@code docs/ring.md} are what the ring really does: computed from its points, not sampled. Run with {@code -Dring.figures.update=true} to
 * write them anew.
 */
class RingFiguresTest {

    private static final Path DOCS = Path.of("..", "docs");
    private static final Path PAGE = DOCS.resolve("ring.md");
    private static final Path CHART = DOCS.resolve("images").resolve("ring-balance.svg");
    private static final String BEGIN = "<!-- figures: begin -->\n";
    private static final String END = "<!-- figures: end -->\n";

    private static final int[] SIZES = {3, 5, 10, 20, 50, 100, 200, 500};
    private static final double HASHES = 0x1p32;

    /** Largest and smallest share of the keys, 1 being the mean, and the standard deviation; then the parts of all keys that move. */
    record Figures(int nodes, double most, double least, double spread, double movedByOneMore, double movedByOneLess) {

        static Figures of(int nodes) {
            NavigableMap<Long, String> ring = owners(names(0, nodes));
            double[] shares = shares(ring).values().stream()
                    .mapToDouble(share -> share * nodes)
                    .toArray();
            double variance = Arrays.stream(shares).map(s -> (s - 1) * (s - 1)).sum() / nodes;
            return new Figures(
                    nodes,
                    Arrays.stream(shares).max().orElseThrow(),
                    Arrays.stream(shares).min().orElseThrow(),
                    Math.sqrt(variance),
                    moved(ring, owners(names(0, nodes + 1))),
                    moved(ring, owners(names(1, nodes))));
        }

        String row() {
            return String.format(
                    Locale.ROOT,
                    "| %d | %.2f | %.2f | %.1f %% | %.2f %% (%.2f %%) | %.2f %% (%.2f %%) | %.1f %% |\n",
                    nodes,
                    most,
                    least,
                    100 * spread,
                    100 * movedByOneMore,
                    100.0 / (nodes + 1),
                    100 * movedByOneLess,
                    100.0 / nodes,
                    100.0 * nodes / (nodes + 1));
        }
    }

    @Test
    void docsShowWhatTheRingDoes() throws IOException {
        List<Figures> figures = Arrays.stream(SIZES).mapToObj(Figures::of).toList();
        String table = table(figures);
        String chart = new Chart(figures).svg();
        if (Boolean.getBoolean("ring.figures.update")) {
            String page = Files.readString(PAGE);
            String before = page.substring(0, page.indexOf(BEGIN) + BEGIN.length());
            Path written = Files.writeString(PAGE, before + table + page.substring(page.indexOf(END)));
            assertThat(Files.writeString(CHART, chart)).isNotEqualTo(written);
        }

        assertThat(Files.readString(PAGE)).contains(BEGIN + table + END);
        assertThat(Files.readString(CHART)).isEqualTo(chart);
    }

    @Test
    void noNodeHasHalfAsMuchAgainAsTheMeanUpToHundredNodesAndFewKeysMove() {
        for (int nodes : new int[] {3, 10, 100}) {
            Figures figures = Figures.of(nodes);

            assertThat(figures.most()).as("%d nodes", nodes).isLessThan(1.5);
            assertThat(figures.least()).as("%d nodes", nodes).isGreaterThan(0.6);
            assertThat(figures.movedByOneMore()).as("%d nodes", nodes).isLessThan(1.5 / nodes);
            assertThat(figures.movedByOneLess()).as("%d nodes", nodes).isLessThan(1.5 / nodes);
        }
    }

    private static List<String> names(int from, int to) {
        List<String> names = new ArrayList<>();
        for (int i = from; i < to; i++) {
            names.add("cache-" + i + ".internal");
        }
        return names;
    }

    /** Each point and the node that has it, from rings of one node each, so that the ring's own search is not needed. */
    private static NavigableMap<Long, String> owners(List<String> names) {
        NavigableMap<Long, String> owners = new TreeMap<>();
        for (String name : names) {
            RingMember<String> member = new RingMember<>(name, null, 11211, name);
            for (int point :
                    KetamaRing.of(RingDialect.LIBMEMCACHED, List.of(member)).points()) {
                owners.put(Integer.toUnsignedLong(point), name);
            }
        }
        return owners;
    }

    private static Map<String, Double> shares(NavigableMap<Long, String> ring) {
        Map<String, Double> shares = new HashMap<>();
        long previous = ring.lastKey() - (1L << 32);
        for (Map.Entry<Long, String> point : ring.entrySet()) {
            shares.merge(point.getValue(), (point.getKey() - previous) / HASHES, Double::sum);
            previous = point.getKey();
        }
        return shares;
    }

    /** The share of all hashes whose owner differs. Between two neighbouring points of both rings together it cannot change. */
    private static double moved(NavigableMap<Long, String> before, NavigableMap<Long, String> after) {
        NavigableMap<Long, String> both = new TreeMap<>(before);
        both.putAll(after);
        long different = 0;
        long previous = both.lastKey() - (1L << 32);
        for (long point : both.keySet()) {
            if (!owner(before, point).equals(owner(after, point))) {
                different += point - previous;
            }
            previous = point;
        }
        return different / HASHES;
    }

    private static String owner(NavigableMap<Long, String> ring, long hash) {
        Map.Entry<Long, String> point = ring.ceilingEntry(hash);
        return point == null ? ring.firstEntry().getValue() : point.getValue();
    }

    private static String table(List<Figures> figures) {
        StringBuilder table = new StringBuilder("""
                | Nodes | Largest share | Smallest share | Standard deviation | Moved by one node more (ideal) | Moved by one node less (ideal) | Moved with hash mod n |
                | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
                """);
        figures.forEach(each -> table.append(each.row()));
        return table.toString();
    }

    /** Largest and smallest share over the number of nodes, on a logarithmic axis. */
    private record Chart(List<Figures> figures) {

        private static final int LEFT = 60;
        private static final int BOTTOM = 260;
        private static final int WIDTH = 500;
        private static final int HEIGHT = 220;
        private static final double TOP_SHARE = 1.6;
        private static final double BOTTOM_SHARE = 0.4;

        String svg() {
            StringBuilder svg = new StringBuilder("""
                    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 620 320" font-family="sans-serif" font-size="12">
                    <rect width="620" height="320" fill="#ffffff"/>
                    <text x="60" y="24" font-size="14">Share of the keys per node, 1 being the mean (160 points per node)</text>
                    """);
            for (int tenths = 4; tenths <= 16; tenths += 2) {
                double y = y(tenths / 10.0);
                svg.append(format(
                        "<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\" stroke=\"#dddddd\"/>\n",
                        LEFT, y, LEFT + WIDTH, y));
                svg.append(format(
                        "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%.1f</text>\n", LEFT - 8, y + 4, tenths / 10.0));
            }
            for (Figures each : figures) {
                svg.append(format(
                        "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%d</text>\n",
                        x(each), BOTTOM + 18, each.nodes()));
            }
            svg.append(format(
                    "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">nodes</text>\n", LEFT + WIDTH / 2, BOTTOM + 38));
            svg.append(line("#b03a2e", "largest", Figures::most));
            svg.append(line("#1f618d", "smallest", Figures::least));
            return svg.append("</svg>\n").toString();
        }

        private String line(String colour, String label, ToDoubleFunction<Figures> share) {
            StringBuilder points = new StringBuilder();
            figures.forEach(each -> points.append(format("%.1f,%.1f ", x(each), y(share.applyAsDouble(each)))));
            Figures last = figures.get(figures.size() - 1);
            return format(
                            "<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"2\" points=\"%s\"/>\n",
                            colour, points.toString().strip())
                    + format(
                            "<text x=\"%.1f\" y=\"%.1f\" fill=\"%s\">%s</text>\n",
                            x(last) + 6, y(share.applyAsDouble(last)) + 4, colour, label);
        }

        private double x(Figures each) {
            double from = Math.log(figures.get(0).nodes());
            double to = Math.log(figures.get(figures.size() - 1).nodes());
            return LEFT + WIDTH * (Math.log(each.nodes()) - from) / (to - from);
        }

        private static double y(double share) {
            return BOTTOM - HEIGHT * (share - BOTTOM_SHARE) / (TOP_SHARE - BOTTOM_SHARE);
        }

        private static String format(String text, Object... values) {
            return String.format(Locale.ROOT, text, values);
        }
    }
}
