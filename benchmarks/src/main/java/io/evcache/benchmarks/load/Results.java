package io.evcache.benchmarks.load;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;

/** All trials of a run, by scenario and contender. */
final class Results {
    private final Map<Scenario, Map<Entry, List<Measured>>> trials = new HashMap<>();
    private final List<Idle> idle = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();

    void add(Scenario scenario, Entry entry, Measured measured) {
        trials.computeIfAbsent(scenario, s -> new EnumMap<>(Entry.class))
                .computeIfAbsent(entry, e -> new ArrayList<>())
                .add(measured);
    }

    void add(Idle measured) {
        idle.add(measured);
    }

    List<Idle> idle() {
        return idle;
    }

    void addProblem(Scenario scenario, Entry entry, String what) {
        problems.add(scenario.name() + ", " + entry.id() + ": " + what);
    }

    /** Returns every failed trial and wrong reply; anything here makes the run a failure. */
    List<String> problems() {
        return problems;
    }

    /** Returns what has figures, in the order of {@link Scenario#ALL}. */
    List<Scenario> scenarios() {
        return Scenario.ALL.stream().filter(trials::containsKey).toList();
    }

    /** Returns who has figures for the scenario, in the order of {@link Entry}. */
    List<Entry> entries(Scenario scenario) {
        return List.copyOf(trials.getOrDefault(scenario, Map.of()).keySet());
    }

    /** Returns the median of the rounds. */
    Optional<Double> median(Scenario scenario, Entry entry, ToDoubleFunction<Measured> metric) {
        double[] sorted = sorted(scenario, entry, metric);
        if (sorted.length == 0) {
            return Optional.empty();
        }
        int middle = sorted.length / 2;
        return Optional.of(sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2);
    }

    /** Returns how far the best and the worst round lie apart, as a share of the median. */
    double spread(Scenario scenario, Entry entry, ToDoubleFunction<Measured> metric) {
        double[] sorted = sorted(scenario, entry, metric);
        return median(scenario, entry, metric)
                .map(median -> (sorted[sorted.length - 1] - sorted[0]) / median)
                .orElse(0.0);
    }

    /** Returns one contender's median as a multiple of another's; empty unless both have figures. */
    Optional<Double> ratio(Scenario scenario, Entry of, Entry to, ToDoubleFunction<Measured> metric) {
        return median(scenario, of, metric)
                .flatMap(ours -> median(scenario, to, metric).map(theirs -> ours / theirs));
    }

    /** Returns the peer with the most operations per second. */
    Optional<Entry> bestPeer(Scenario scenario) {
        return entries(scenario).stream()
                .filter(entry -> entry.role() == Entry.Role.PEER)
                .max((a, b) -> Double.compare(ops(scenario, a), ops(scenario, b)));
    }

    private double ops(Scenario scenario, Entry entry) {
        return median(scenario, entry, Measured::opsPerSecond).orElse(0.0);
    }

    private double[] sorted(Scenario scenario, Entry entry, ToDoubleFunction<Measured> metric) {
        List<Measured> rounds = trials.getOrDefault(scenario, Map.of()).getOrDefault(entry, List.of());
        return DoubleStream.of(rounds.stream().mapToDouble(metric).toArray())
                .sorted()
                .toArray();
    }
}
