package io.evcache.benchmarks.load;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Which processor cores a contender and the servers may run on. On all of them the scheduler of a small machine decides much of the result: whether a server has a core of its own, or shares it with the thread that
 * asks. Apart, as on hosts of their own, a contender has one half of the cores, and what it does with them decides. Linux with {@code taskset} only.
 */
final class Cores {
    private static final int COUNT = Runtime.getRuntime().availableProcessors();

    private Cores() {}

    /** Returns whether there is one for each side. */
    static boolean canBeApart() {
        return COUNT >= 2;
    }

    /** Returns the command that runs a contender there. */
    static List<String> ofContender(Scenario.Place place, List<String> command) {
        if (place == Scenario.Place.TOGETHER) {
            return command;
        }
        List<String> bound = new ArrayList<>(List.of("taskset", "-c", COUNT / 2 + "-" + (COUNT - 1)));
        bound.addAll(command);
        return bound;
    }

    /** Has all threads of the servers run there. */
    static void bindServers(Scenario.Place place, List<Long> pids) throws IOException {
        int count = place == Scenario.Place.TOGETHER ? COUNT : COUNT / 2;
        for (long pid : pids) {
            Process taskset = new ProcessBuilder("taskset", "-apc", "0-" + (count - 1), Long.toString(pid))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try {
                if (taskset.waitFor() != 0) {
                    throw new IOException("taskset could not bind the memcached process " + pid);
                }
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }
    }
}
