package io.evcache.benchmarks.load;

import io.evcache.testkit.LocalMemcached;
import io.evcache.testkit.MemcachedBinary;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The memcached processes of a run: one with two threads, one with a single thread for each of three zones, and one with a single thread that listens on a thousand
 * ports. To a client each port is a node: it cannot tell that they share a process, and its costs are not mixed with those of switching between hundreds of servers.
 */
final class Servers implements AutoCloseable {
    private static final int ZONES = 3;

    /** How many nodes a zone can be made of. */
    private static final int MANY = 1_000;

    private final List<LocalMemcached> all = new ArrayList<>();
    private final ManyNodes many;

    Servers() {
        MemcachedBinary binary = LocalMemcached.find(LocalMemcached.Version.DEBIAN_12)
                .orElseThrow(() -> new IllegalStateException("no memcached found; set MEMCACHED_BIN"));
        start(binary, "2");
        for (int zone = 0; zone < ZONES; zone++) {
            start(binary, "1");
        }
        many = ManyNodes.start(binary, MANY);
    }

    private void start(MemcachedBinary binary, String threads) {
        all.add(LocalMemcached.start(binary, "-t", threads, "-m", "256"));
    }

    LocalMemcached single() {
        return all.get(0);
    }

    /** Returns the processes that a scenario asks. */
    List<Long> pids(Scenario scenario) {
        if (scenario.nodes() > 1) {
            return List.of(many.pid());
        }
        List<LocalMemcached> asked = scenario.zones() == 1 ? all.subList(0, 1) : all.subList(1, 1 + ZONES);
        return asked.stream().map(LocalMemcached::pid).toList();
    }

    /** Returns all processes. */
    List<Long> pids() {
        List<Long> pids = new ArrayList<>(all.stream().map(LocalMemcached::pid).toList());
        pids.add(many.pid());
        return pids;
    }

    /** Returns the ports of so many nodes of one zone. */
    List<Integer> manyPorts(int count) {
        return many.ports().subList(0, count);
    }

    /** Returns what a worker needs to know: {@code pid:port,port,..} of the single server, of that of each zone, and of that with many ports. */
    List<String> arguments() {
        List<String> arguments = new ArrayList<>();
        for (LocalMemcached server : all) {
            arguments.add(server.pid() + ":" + server.port());
        }
        arguments.add(
                many.pid() + ":" + many.ports().stream().map(String::valueOf).collect(Collectors.joining(",")));
        return arguments;
    }

    @Override
    public void close() {
        all.forEach(LocalMemcached::close);
        many.close();
    }
}
