package io.evcache.benchmarks.load;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

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
        addProblem(scenario.name() + ", " + entry.id() + ": " + what);
    }

    void addProblem(String what) {
        problems.add(what);
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
        return median(rounds(scenario, entry, metric));
    }

    /** Returns how far the middle half of the rounds reaches, as a share of the median; with three rounds or fewer that is all of them. */
    double spread(Scenario scenario, Entry entry, ToDoubleFunction<Measured> metric) {
        double[] sorted = sorted(rounds(scenario, entry, metric));
        int outside = sorted.length / 4;
        return median(scenario, entry, metric)
                .map(median -> (sorted[sorted.length - 1 - outside] - sorted[outside]) / median)
                .orElse(0.0);
    }

    /**
     * Returns one contender's figure as a multiple of another's: the median of what it was in each round, as both had the same machine there and another one a few seconds later. Empty unless both have
     * figures for the same rounds.
     */
    Optional<Double> ratio(Scenario scenario, Entry of, Entry to, ToDoubleFunction<Measured> metric) {
        return ratio(rounds(scenario, of, metric), rounds(scenario, to, metric));
    }

    /** Returns a contender's figure in one scenario as a multiple of its own in another, likewise. */
    Optional<Double> ratio(Entry entry, Scenario of, Scenario to, ToDoubleFunction<Measured> metric) {
        return ratio(rounds(of, entry, metric), rounds(to, entry, metric));
    }

    private static Optional<Double> ratio(double[] of, double[] to) {
        if (of.length != to.length) {
            return Optional.empty();
        }
        double[] ratios = new double[of.length];
        Arrays.setAll(ratios, round -> of[round] / to[round]);
        return median(ratios);
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

    private double[] rounds(Scenario scenario, Entry entry, ToDoubleFunction<Measured> metric) {
        return trials.getOrDefault(scenario, Map.of()).getOrDefault(entry, List.of()).stream()
                .mapToDouble(metric)
                .toArray();
    }

    private static Optional<Double> median(double[] figures) {
        double[] sorted = sorted(figures);
        if (sorted.length == 0) {
            return Optional.empty();
        }
        int middle = sorted.length / 2;
        return Optional.of(sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2);
    }

    private static double[] sorted(double[] figures) {
        double[] sorted = figures.clone();
        Arrays.sort(sorted);
        return sorted;
    }
}
