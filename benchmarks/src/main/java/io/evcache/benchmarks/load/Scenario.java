package io.evcache.benchmarks.load;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What is asked, how much of it at a time, and how large the values are.
 *
 * @param name for the command line
 * @param title for tables and charts
 * @param width threads of a synchronous scenario, outstanding operations of an asynchronous one, keys per call of a bulk read (one thread)
 * @param zones how many servers a write goes to
 * @param nodes over how many nodes of one zone the keys are spread
 * @param threads what the callers of a synchronous scenario are
 * @param place where contender and servers run
 */
public record Scenario(
        String name,
        String title,
        Kind kind,
        int width,
        int valueBytes,
        int zones,
        int nodes,
        Threads threads,
        Place place) {

    /** What runs the callers. */
    public enum Threads {
        PLATFORM,
        /** Needs a JVM that has them, and so processes of its own. */
        VIRTUAL
    }

    /** Which processor cores there are for whom. */
    public enum Place {
        /** All for everybody. */
        TOGETHER,
        /** One half for the contender and one for the servers, as on hosts of their own; in processes of its own. */
        APART
    }

    /** The shape of the calls. */
    public enum Kind {
        GET,
        SET,
        ASYNC_GET,
        ASYNC_SET,
        BULK
    }

    public static final List<Scenario> ALL = List.of(
            of("get-100", "Synchronous get, one thread, 100 B", Kind.GET, 1, 100),
            of("get-1k", "Synchronous get, one thread, 1 KiB", Kind.GET, 1, 1_024),
            of("get-10k", "Synchronous get, one thread, 10 KiB", Kind.GET, 1, 10_240),
            of("get-8-threads", "Synchronous get, 8 threads, 100 B", Kind.GET, 8, 100),
            of("get-64-threads", "Synchronous get, 64 threads, 100 B", Kind.GET, 64, 100),
            of("get-64-virtual", "Synchronous get, 64 virtual threads, 100 B", Kind.GET, 64, 100)
                    .onVirtualThreads(),
            of("get-100-apart", "Synchronous get, one thread, 100 B, cores of its own", Kind.GET, 1, 100)
                    .apart(),
            of("get-8-threads-apart", "Synchronous get, 8 threads, 100 B, cores of its own", Kind.GET, 8, 100)
                    .apart(),
            of("get-64-threads-apart", "Synchronous get, 64 threads, 100 B, cores of its own", Kind.GET, 64, 100)
                    .apart(),
            of("async-get-1", "Asynchronous get, 1 outstanding, 100 B", Kind.ASYNC_GET, 1, 100),
            of("async-get-256", "Asynchronous get, 256 outstanding, 100 B", Kind.ASYNC_GET, 256, 100),
            of("async-get-1024", "Asynchronous get, 1,024 outstanding, 100 B", Kind.ASYNC_GET, 1_024, 100),
            of("async-set-256", "Asynchronous set, 256 outstanding, 100 B", Kind.ASYNC_SET, 256, 100),
            of(
                            "async-get-256-apart",
                            "Asynchronous get, 256 outstanding, 100 B, cores of its own",
                            Kind.ASYNC_GET,
                            256,
                            100)
                    .apart(),
            of(
                            "async-set-256-apart",
                            "Asynchronous set, 256 outstanding, 100 B, cores of its own",
                            Kind.ASYNC_SET,
                            256,
                            100)
                    .apart(),
            of("bulk-10", "Bulk get of 10 keys, one thread, 100 B (per call)", Kind.BULK, 10, 100),
            of("bulk-100", "Bulk get of 100 keys, one thread, 100 B (per call)", Kind.BULK, 100, 100),
            of("zones-set", "Synchronous write to 3 zones, one thread, 100 B", Kind.SET, 1, 100)
                    .inZones(3),
            of("zones-async-set-256", "Asynchronous write to 3 zones, 256 outstanding, 100 B", Kind.ASYNC_SET, 256, 100)
                    .inZones(3),
            of("nodes-3", "Synchronous get, one thread, 3 nodes, 100 B", Kind.GET, 1, 100)
                    .overNodes(3),
            of("nodes-30", "Synchronous get, one thread, 30 nodes, 100 B", Kind.GET, 1, 100)
                    .overNodes(30),
            of("nodes-300", "Synchronous get, one thread, 300 nodes, 100 B", Kind.GET, 1, 100)
                    .overNodes(300),
            of("nodes-async-3", "Asynchronous get, 256 outstanding, 3 nodes, 100 B", Kind.ASYNC_GET, 256, 100)
                    .overNodes(3),
            of("nodes-async-30", "Asynchronous get, 256 outstanding, 30 nodes, 100 B", Kind.ASYNC_GET, 256, 100)
                    .overNodes(30),
            of("nodes-async-300", "Asynchronous get, 256 outstanding, 300 nodes, 100 B", Kind.ASYNC_GET, 256, 100)
                    .overNodes(300));

    private static Scenario of(String name, String title, Kind kind, int width, int valueBytes) {
        return new Scenario(name, title, kind, width, valueBytes, 1, 1, Threads.PLATFORM, Place.TOGETHER);
    }

    private Scenario inZones(int count) {
        return new Scenario(name, title, kind, width, valueBytes, count, nodes, threads, place);
    }

    private Scenario overNodes(int count) {
        return new Scenario(name, title, kind, width, valueBytes, zones, count, threads, place);
    }

    private Scenario onVirtualThreads() {
        return new Scenario(name, title, kind, width, valueBytes, zones, nodes, Threads.VIRTUAL, place);
    }

    private Scenario apart() {
        return new Scenario(name, title, kind, width, valueBytes, zones, nodes, threads, Place.APART);
    }

    /** Returns the scenario of that name. */
    public static Scenario named(String name) {
        return ALL.stream()
                .filter(scenario -> scenario.name.equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no scenario " + name + "; there are "
                        + ALL.stream().map(Scenario::name).toList()));
    }

    /** Returns the same in the same order, those together that are measured in the same rounds, since their figures are compared: what differs in the number of nodes or of callers that wait only. */
    static List<List<Scenario>> inCommonRounds(List<Scenario> scenarios) {
        Map<Scenario, List<Scenario>> together = new LinkedHashMap<>();
        for (Scenario scenario : scenarios) {
            together.computeIfAbsent(scenario.anySuch(), first -> new ArrayList<>())
                    .add(scenario);
        }
        return List.copyOf(together.values());
    }

    /** Returns what this is but for the number of nodes, if many, and of callers that wait. */
    private Scenario anySuch() {
        return new Scenario(
                "", "", kind, callers() > 1 ? 1 : width, valueBytes, zones, Math.min(nodes, 2), threads, place);
    }

    boolean isWrite() {
        return kind == Kind.SET || kind == Kind.ASYNC_SET;
    }

    boolean isAsync() {
        return kind == Kind.ASYNC_GET || kind == Kind.ASYNC_SET;
    }

    /** Returns how many threads call. */
    int callers() {
        return kind == Kind.GET || kind == Kind.SET ? width : 1;
    }
}
