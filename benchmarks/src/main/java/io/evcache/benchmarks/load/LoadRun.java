package io.evcache.benchmarks.load;

import io.evcache.benchmarks.load.Scenario.Place;
import io.evcache.benchmarks.load.Scenario.Threads;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The main of {@code benchmarks/run}: for every scenario warm all contenders, then run contender after contender, and repeat the rounds in turn forwards and backwards, so that whatever else the machine
 * does hits all alike. So do scenarios that differ in the number of nodes or of callers only, since their figures are compared. Only ratios within one run mean anything.
 *
 * <p>Runs in the root of the repository. A complete run rewrites the figures in the documentation; a part of one prints them only. The exit status is 1 if any trial failed or any reply
 * was wrong, and nothing is published then.
 */
public final class LoadRun {
    private static final Path WORK = Path.of("benchmarks", "target", "load");

    private final Options options;
    private final Results results = new Results();

    private LoadRun(Options options) {
        this.options = options;
    }

    /** Runs as the options say. */
    public static void main(String[] args) throws IOException {
        Options options;
        try {
            options = Options.parse(args);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(2);
            return;
        }
        System.exit(new LoadRun(options).run() ? 0 : 1);
    }

    private boolean run() throws IOException {
        Optional<Jdk> newer = Jdk.find(Jdk.WITH_VIRTUAL_THREADS);
        Machine machine = Machine.before(options, WORK, newer);
        try (Servers servers = new Servers()) {
            run(Threads.PLATFORM, Place.TOGETHER, Jdk.current(), servers);
            runApart(servers);
            if (newer.isPresent()) {
                run(Threads.VIRTUAL, Place.TOGETHER, newer.get(), servers);
            } else {
                System.err.println("virtual threads: " + Machine.NO_NEWER_JDK);
            }
            measureIdle(servers);
            machine = machine.after(servers.single().version());
        }
        return publish(machine);
    }

    private void runApart(Servers servers) throws IOException {
        if (!Cores.canBeApart()) {
            System.err.println("cores of its own: there is only one");
        } else if (options.scenarios().stream().anyMatch(scenario -> scenario.place() == Place.APART)) {
            Cores.bindServers(Place.APART, servers.pids());
            run(Threads.PLATFORM, Place.APART, Jdk.current(), servers);
            Cores.bindServers(Place.TOGETHER, servers.pids());
        }
    }

    /** Runs the scenarios of that kind, in one JVM per contender. */
    private void run(Threads threads, Place place, Jdk jdk, Servers servers) throws IOException {
        List<Scenario> scenarios = options.scenarios().stream()
                .filter(scenario -> scenario.threads() == threads && scenario.place() == place)
                .toList();
        Map<Entry, Participant> participants = new EnumMap<>(Entry.class);
        try {
            if (!scenarios.isEmpty()) {
                start(participants, place, jdk, servers);
            }
            for (List<Scenario> together : Scenario.inCommonRounds(scenarios)) {
                together.forEach(scenario -> System.err.println(scenario.title()));
                run(together, participants);
            }
        } finally {
            participants.values().forEach(Participant::close);
        }
    }

    private void start(Map<Entry, Participant> participants, Place place, Jdk jdk, Servers servers) throws IOException {
        for (Entry entry : options.entries()) {
            Path generator = WORK.resolve("generator").toAbsolutePath();
            if (entry.role() != Entry.Role.GENERATOR) {
                participants.put(entry, WorkerProcess.start(jdk.java(), entry, servers, place, WORK));
            } else if (Files.isExecutable(generator)) {
                participants.put(entry, new Generator(entry, generator, servers, place));
            }
        }
    }

    private void run(List<Scenario> together, Map<Entry, Participant> participants) throws IOException {
        List<Run> order = new ArrayList<>();
        participants.forEach((entry, participant) -> {
            for (Scenario scenario : together) {
                if (warm(scenario, entry, participant)) {
                    order.add(new Run(scenario, entry, participant));
                }
            }
        });
        for (int round = 0; round < options.rounds(); round++) {
            for (Run run : order) {
                measure(run.scenario, run.entry, run.participant);
            }
            Collections.reverse(order);
        }
    }

    /** What is measured once per round. */
    private record Run(Scenario scenario, Entry entry, Participant participant) {}

    private void measureIdle(Servers servers) {
        if (options.idleSeconds() > 0) {
            System.err.println("A client that is asked nothing");
            try {
                for (int round = 0; round < options.idleRounds(); round++) {
                    results.add(Idle.measure(servers, WORK, options.idleSeconds()));
                }
            } catch (IOException e) { // what was measured before is to be seen all the same
                results.addProblem("idle: " + e.getMessage());
            }
        }
    }

    private boolean warm(Scenario scenario, Entry entry, Participant participant) {
        try {
            return participant.warm(scenario, options.warmUp());
        } catch (Participant.TrialFailed | IOException e) {
            results.addProblem(scenario, entry, String.valueOf(e.getMessage()));
            return false;
        }
    }

    private void measure(Scenario scenario, Entry entry, Participant participant) throws IOException {
        try {
            participant.run(scenario, options.trial(scenario)).ifPresent(one -> results.add(scenario, entry, one));
        } catch (Participant.TrialFailed e) {
            results.addProblem(scenario, entry, String.valueOf(e.getMessage()));
        }
    }

    private boolean publish(Machine machine) throws IOException {
        String figures = new Page(results, machine).text();
        System.out.println(figures);
        results.problems().forEach(problem -> System.err.println("PROBLEM " + problem));
        if (!results.problems().isEmpty()) {
            return false;
        }
        if (options.complete()) {
            Publication.write(Path.of("docs"), figures, results);
        }
        return true;
    }
}
