package io.evcache.benchmarks.load;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Which processor cores a contender and the servers may run on. On all of them the scheduler of a small machine decides much of the result: whether a server has a core of its own, or shares it with the thread that
 * asks. Apart, as on hosts of their own, a contender has one half of the cores, and what it does with them decides.
 */
final class Cores {
    private final int first;
    private final int last;

    private Cores(int first, int last) {
        this.first = first;
        this.last = last;
    }

    /** All for everybody. */
    static Cores shared() {
        return new Cores(-1, -1);
    }

    /** The lower half for the servers, the upper for the contender. Linux with {@code taskset} only. */
    static Cores apart() {
        int cores = Runtime.getRuntime().availableProcessors();
        if (cores < 2) {
            throw new IllegalArgumentException("--apart needs two processor cores, there is one");
        }
        return new Cores(cores / 2, cores - 1);
    }

    /** Returns the command that runs a contender. */
    List<String> ofContender(List<String> command) {
        if (first < 0) {
            return command;
        }
        List<String> bound = new ArrayList<>(List.of("taskset", "-c", first + "-" + last));
        bound.addAll(command);
        return bound;
    }

    /** Binds all threads of the servers. */
    void bindServers(List<Long> pids) throws IOException {
        if (first < 0) {
            return;
        }
        for (long pid : pids) {
            Process taskset = new ProcessBuilder("taskset", "-apc", "0-" + (first - 1), Long.toString(pid))
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
