package io.evcache.benchmarks.load;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * What to run.
 *
 * @param warmUp per contender and scenario, before the first round
 * @param trial per contender, scenario and round
 * @param complete whether all scenarios and contenders take part, so that the published page may be written
 */
record Options(
        List<Scenario> scenarios,
        List<Entry> entries,
        Duration warmUp,
        Duration trial,
        int rounds,
        boolean complete,
        String command) {

    static final String USAGE = "usage: benchmarks/run [--quick] [--only scenario,..] [--contenders name,..]";

    static Options parse(String[] args) {
        List<Scenario> scenarios = Scenario.ALL;
        List<Entry> entries = List.of(Entry.values());
        boolean quick = false;
        for (int i = 0; i < args.length; i++) {
            switch (args[i]) {
                case "--quick" -> quick = true;
                case "--only" ->
                    scenarios =
                            Arrays.stream(list(args, ++i)).map(Scenario::named).toList();
                case "--contenders" ->
                    entries = Arrays.stream(list(args, ++i)).map(Entry::named).toList();
                default -> throw new IllegalArgumentException("unknown option " + args[i] + "; " + USAGE);
            }
        }
        boolean complete = scenarios.equals(Scenario.ALL) && entries.size() == Entry.values().length;
        String command = "benchmarks/run" + (args.length == 0 ? "" : " " + String.join(" ", args));
        return new Options(
                scenarios,
                entries,
                Duration.ofMillis(quick ? 250 : 2_000),
                Duration.ofMillis(quick ? 200 : 1_500),
                quick ? 2 : 3,
                complete,
                command);
    }

    private static String[] list(String[] args, int at) {
        if (at == args.length) {
            throw new IllegalArgumentException(USAGE);
        }
        return args[at].split(",", -1);
    }
}
