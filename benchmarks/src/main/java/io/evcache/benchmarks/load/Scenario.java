package io.evcache.benchmarks.load;

import java.util.List;

/**
 * What is asked, how much of it at a time, and how large the values are.
 *
 * @param name for the command line
 * @param title for tables and charts
 * @param width threads of a synchronous scenario, outstanding operations of an asynchronous one, keys per call of a bulk read (one thread)
 * @param zones how many servers a write goes to
 */
public record Scenario(String name, String title, Kind kind, int width, int valueBytes, int zones) {

    /** The shape of the calls. */
    public enum Kind {
        GET,
        SET,
        ASYNC_GET,
        ASYNC_SET,
        BULK
    }

    public static final List<Scenario> ALL = List.of(
            new Scenario("get-100", "Synchronous get, one thread, 100 B", Kind.GET, 1, 100, 1),
            new Scenario("get-1k", "Synchronous get, one thread, 1 KiB", Kind.GET, 1, 1_024, 1),
            new Scenario("get-10k", "Synchronous get, one thread, 10 KiB", Kind.GET, 1, 10_240, 1),
            new Scenario("get-8-threads", "Synchronous get, 8 threads, 100 B", Kind.GET, 8, 100, 1),
            new Scenario("get-64-threads", "Synchronous get, 64 threads, 100 B", Kind.GET, 64, 100, 1),
            new Scenario("async-get-256", "Asynchronous get, 256 outstanding, 100 B", Kind.ASYNC_GET, 256, 100, 1),
            new Scenario("async-get-1024", "Asynchronous get, 1,024 outstanding, 100 B", Kind.ASYNC_GET, 1_024, 100, 1),
            new Scenario("async-set-256", "Asynchronous set, 256 outstanding, 100 B", Kind.ASYNC_SET, 256, 100, 1),
            new Scenario("bulk-10", "Bulk get of 10 keys, one thread, 100 B (per call)", Kind.BULK, 10, 100, 1),
            new Scenario("bulk-100", "Bulk get of 100 keys, one thread, 100 B (per call)", Kind.BULK, 100, 100, 1),
            new Scenario("zones-set", "Synchronous write to 3 zones, one thread, 100 B", Kind.SET, 1, 100, 3),
            new Scenario(
                    "zones-async-set-256",
                    "Asynchronous write to 3 zones, 256 outstanding, 100 B",
                    Kind.ASYNC_SET,
                    256,
                    100,
                    3));

    /** Returns the scenario of that name. */
    public static Scenario named(String name) {
        return ALL.stream()
                .filter(scenario -> scenario.name.equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no scenario " + name + "; there are "
                        + ALL.stream().map(Scenario::name).toList()));
    }

    boolean isWrite() {
        return kind == Kind.SET || kind == Kind.ASYNC_SET;
    }

    boolean isAsync() {
        return kind == Kind.ASYNC_GET || kind == Kind.ASYNC_SET;
    }

    /** Returns how many threads call. */
    int threads() {
        return kind == Kind.GET || kind == Kind.SET ? width : 1;
    }
}
