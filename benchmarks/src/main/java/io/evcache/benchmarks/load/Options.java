package io.evcache.benchmarks.load;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * What to run.
 *
 * @param warmUp per contender and scenario, before the first round
 * @param trial per contender, scenario and round; with many threads more, see {@link #trial(Scenario)}
 * @param idleSeconds how long a client with many connections is watched while nothing is asked, per round; 0 for not at all
 * @param complete whether all scenarios and contenders take part, so that the published page may be written
 */
record Options(
        List<Scenario> scenarios,
        List<Entry> entries,
        WarmUp warmUp,
        Duration trial,
        int rounds,
        int idleSeconds,
        int idleRounds,
        boolean complete,
        String command) {

    /** Not a scenario like others, as nothing is asked in it. */
    private static final String IDLE = "idle";

    /** How many times as long a trial of many threads is. */
    private static final int MANY_THREADS = 4;

    static final String USAGE = "usage: benchmarks/run [--quick] [--only scenario|idle,..] [--contenders name,..]";

    static Options parse(String[] args) {
        List<Scenario> scenarios = Scenario.ALL;
        List<Entry> entries = List.of(Entry.values());
        boolean idle = true;
        boolean quick = false;
        for (int i = 0; i < args.length; i++) {
            switch (args[i]) {
                case "--quick" -> quick = true;
                case "--only" -> {
                    List<String> names = List.of(list(args, ++i));
                    idle = names.contains(IDLE);
                    scenarios = names.stream()
                            .filter(name -> !name.equals(IDLE))
                            .map(Scenario::named)
                            .toList();
                }
                case "--contenders" ->
                    entries = Arrays.stream(list(args, ++i)).map(Entry::named).toList();
                default -> throw new IllegalArgumentException("unknown option " + args[i] + "; " + USAGE);
            }
        }
        boolean complete = idle && scenarios.equals(Scenario.ALL) && entries.size() == Entry.values().length;
        String command = "benchmarks/run" + (args.length == 0 ? "" : " " + String.join(" ", args));
        return new Options(
                scenarios,
                entries,
                new WarmUp(Duration.ofSeconds(1), Duration.ofSeconds(quick ? 2 : 8)),
                Duration.ofMillis(250),
                quick ? 4 : 15,
                idle ? (quick ? 5 : 15) : 0,
                quick ? 2 : 3,
                complete,
                command);
    }

    /** Returns how long one trial of the scenario takes. With many threads the scheduler decides much of the result, and differently from one fraction of a second to the next: such a trial must see many of those. */
    Duration trial(Scenario scenario) {
        return scenario.callers() > 1 ? trial.multipliedBy(MANY_THREADS) : trial;
    }

    String trialLengths() {
        return trial.toMillis() + " ms, " + trial.multipliedBy(MANY_THREADS).toMillis() + " ms with many threads,";
    }

    private static String[] list(String[] args, int at) {
        if (at == args.length) {
            throw new IllegalArgumentException(USAGE);
        }
        return args[at].split(",", -1);
    }
}
