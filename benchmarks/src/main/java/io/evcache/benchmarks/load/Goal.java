package io.evcache.benchmarks.load;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * What this client sets out to reach in a scenario, as a ratio within one run or an amount per operation.
 *
 * @param against whom the figure is divided by
 * @param transport the bound for the bare transport
 * @param client the bound for the whole client: keys hashed, zones, deadlines and codec included
 */
record Goal(
        String text,
        String scenario,
        ToDoubleFunction<Measured> metric,
        Against against,
        Bound bound,
        double transport,
        double client) {

    private enum Against {
        FLOOR(Entry.FLOOR),
        GENERATOR(Entry.GENERATOR),
        TRANSPORT(Entry.TRANSPORT),
        EVCACHE(Entry.EVCACHE),
        SPYMEMCACHED_TEXT(Entry.SPYMEMCACHED_TEXT),
        BEST_PEER(null),
        NOBODY(null);

        private final @Nullable Entry entry;

        Against(@Nullable Entry entry) {
            this.entry = entry;
        }
    }

    private enum Bound {
        AT_LEAST("≥"),
        AT_MOST("≤");

        private final String sign;

        Bound(String sign) {
            this.sign = sign;
        }
    }

    private static final ToDoubleFunction<Measured> OPS = Measured::opsPerSecond;
    private static final ToDoubleFunction<Measured> CPU = Measured::cpuMicros;
    private static final ToDoubleFunction<Measured> BYTES = Measured::bytesPerOp;
    private static final ToDoubleFunction<Measured> SWITCHES = Measured::switchesPerOp;

    /** The array of a value of 100 B, which the caller asked for. */
    private static final int VALUE = 120;

    /** The cells of one who has no figure. */
    private static final String UNKNOWN = " | – | ";

    private static final List<Goal> ALL = List.of(
            most("get, one thread: p50 ÷ F", "get-100", Measured::p50, Against.FLOOR, 1.2, 1.3),
            most("get, one thread: CPU ÷ EVCache", "get-100", CPU, Against.EVCACHE, 0.7, 0.8),
            most("get, one thread: CPU ÷ transport", "get-100", CPU, Against.TRANSPORT, 1, 1.15),
            least("get, one thread: ops ÷ best peer", "get-100", OPS, Against.BEST_PEER, 1, 1),
            least("get, 64 threads: ops ÷ EVCache", "get-64-threads", OPS, Against.EVCACHE, 1.3, 1.2),
            least("get, 64 threads: ops ÷ best peer", "get-64-threads", OPS, Against.BEST_PEER, 1, 1),
            least("get, 64 virtual threads: ops ÷ EVCache", "get-64-virtual", OPS, Against.EVCACHE, 1.4, 1.3),
            least("get, 64 virtual threads: ops ÷ best peer", "get-64-virtual", OPS, Against.BEST_PEER, 1, 1),
            least("async get, 256: ops ÷ EVCache", "async-get-256", OPS, Against.EVCACHE, 2.7, 2.4),
            least("async get, 256: ops ÷ spymemcached text", "async-get-256", OPS, Against.SPYMEMCACHED_TEXT, 4, 3.2),
            least("async get, 256: ops ÷ best peer", "async-get-256", OPS, Against.BEST_PEER, 1.6, 1.4),
            least("async get, 256: ops ÷ C", "async-get-256", OPS, Against.GENERATOR, 0.85, 0.65),
            most("async get, 256: CPU ÷ EVCache", "async-get-256", CPU, Against.EVCACHE, 0.25, 0.35),
            most("async get, 256: CPU ÷ transport", "async-get-256", CPU, Against.TRANSPORT, 1, 1.15),
            most(
                    "async get, 256, cores of its own: CPU ÷ transport",
                    "async-get-256-apart",
                    CPU,
                    Against.TRANSPORT,
                    1,
                    1.15),
            least(
                    "async get, 256, cores of its own: ops ÷ EVCache",
                    "async-get-256-apart",
                    OPS,
                    Against.EVCACHE,
                    2.7,
                    2.4),
            least("async get, 1,024: ops ÷ EVCache", "async-get-1024", OPS, Against.EVCACHE, 3, 2.4),
            least("async set, 256: ops ÷ EVCache", "async-set-256", OPS, Against.EVCACHE, 2.5, 2),
            least(
                    "async set, 256, cores of its own: ops ÷ EVCache",
                    "async-set-256-apart",
                    OPS,
                    Against.EVCACHE,
                    2.5,
                    2),
            least("bulk of 100: calls ÷ EVCache", "bulk-100", OPS, Against.EVCACHE, 2, 1.8),
            least("bulk of 100: calls ÷ best peer", "bulk-100", OPS, Against.BEST_PEER, 1.2, 1.05),
            most("bulk of 100: CPU ÷ EVCache", "bulk-100", CPU, Against.EVCACHE, 0.4, 0.5),
            least("write to 3 zones: ops ÷ EVCache", "zones-set", OPS, Against.EVCACHE, 1.5, 1.2),
            least("write to 3 zones, async: ops ÷ EVCache", "zones-async-set-256", OPS, Against.EVCACHE, 3, 2.7),
            most("write to 3 zones, async: CPU ÷ EVCache", "zones-async-set-256", CPU, Against.EVCACHE, 0.15, 0.2),
            most("get: B/op, value included", "get-100", BYTES, Against.NOBODY, 150 + VALUE, 300 + VALUE),
            most("async set: B/op", "async-set-256", BYTES, Against.NOBODY, 150, 300),
            most("write to 3 zones: B/op", "zones-set", BYTES, Against.NOBODY, 500, 800),
            most("bulk of 100: B per call, values and map included", "bulk-100", BYTES, Against.NOBODY, 19_000, 25_000),
            most("get: context switches", "get-100", SWITCHES, Against.NOBODY, 3.3, 3.3),
            most("write to 3 zones: context switches", "zones-set", SWITCHES, Against.NOBODY, 5, 5));

    private static Goal least(
            String text,
            String scenario,
            ToDoubleFunction<Measured> metric,
            Against against,
            double transport,
            double client) {
        return new Goal(text, scenario, metric, against, Bound.AT_LEAST, transport, client);
    }

    private static Goal most(
            String text,
            String scenario,
            ToDoubleFunction<Measured> metric,
            Against against,
            double transport,
            double client) {
        return new Goal(text, scenario, metric, against, Bound.AT_MOST, transport, client);
    }

    /** Returns all goals that this run has figures for. */
    static String table(Results results) {
        StringBuilder out =
                new StringBuilder("| Goal | transport | | whole client | |\n| --- | ---: | ---: | ---: | ---: |\n");
        for (Goal goal : ALL) {
            String transport = goal.cells(results, Entry.TRANSPORT, goal.transport);
            String client = goal.cells(results, Entry.CLIENT, goal.client);
            if (!transport.equals(UNKNOWN) || !client.equals(UNKNOWN)) {
                out.append("| ")
                        .append(goal.text)
                        .append(transport)
                        .append(client)
                        .append(" |\n");
            }
        }
        return out.toString();
    }

    private String cells(Results results, Entry ours, double limit) {
        return reached(results, ours)
                .map(value -> {
                    boolean met = bound == Bound.AT_LEAST ? value >= limit : value <= limit;
                    return " | " + (met ? "" : "**") + number(value) + (met ? "" : "**") + " | " + bound.sign + " "
                            + number(limit);
                })
                .orElse(UNKNOWN);
    }

    private Optional<Double> reached(Results results, Entry ours) {
        Scenario where = Scenario.named(scenario);
        if (against == Against.NOBODY) {
            return results.median(where, ours, metric);
        }
        Optional<Entry> other =
                against == Against.BEST_PEER ? results.bestPeer(where) : Optional.ofNullable(against.entry);
        return other.flatMap(entry -> results.ratio(where, ours, entry, metric));
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value < 100 ? "%.2f" : "%,.0f", value);
    }
}
