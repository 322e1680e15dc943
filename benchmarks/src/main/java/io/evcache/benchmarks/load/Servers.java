package io.evcache.benchmarks.load;

import io.evcache.testkit.LocalMemcached;
import io.evcache.testkit.MemcachedBinary;
import java.util.ArrayList;
import java.util.List;

/** The memcached processes of a run: one with two threads, and one with a single thread for each of three zones. */
final class Servers implements AutoCloseable {
    private static final int ZONES = 3;

    private final List<LocalMemcached> all = new ArrayList<>();

    Servers() {
        MemcachedBinary binary = LocalMemcached.find(LocalMemcached.Version.DEBIAN_12)
                .orElseThrow(() -> new IllegalStateException("no memcached found; set MEMCACHED_BIN"));
        start(binary, "2");
        for (int zone = 0; zone < ZONES; zone++) {
            start(binary, "1");
        }
    }

    private void start(MemcachedBinary binary, String threads) {
        all.add(LocalMemcached.start(binary, "-t", threads, "-m", "256"));
    }

    LocalMemcached single() {
        return all.get(0);
    }

    /** Returns the processes that a scenario asks. */
    List<Long> pids(Scenario scenario) {
        List<LocalMemcached> asked = scenario.zones() == 1 ? all.subList(0, 1) : all.subList(1, 1 + ZONES);
        return asked.stream().map(LocalMemcached::pid).toList();
    }

    /** Returns what a worker needs to know, the single server first. */
    List<String> arguments() {
        return all.stream().map(server -> server.port() + ":" + server.pid()).toList();
    }

    @Override
    public void close() {
        all.forEach(LocalMemcached::close);
    }
}
