package io.evcache.benchmarks.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;

/**
 * The main of {@code benchmarks/run}: for every scenario warm all contenders, then run contender after contender, and repeat the rounds, so that whatever else the machine does hits all
 * alike. Only ratios within one run mean anything.
 *
 * <p>Runs in the root of the repository. A complete run rewrites the figures in the documentation; a part of one prints them only. The exit status is 1 if any trial failed or any reply
 * was wrong, and nothing is published then.
 */
public final class LoadRun {
    private static final Path WORK = Path.of("benchmarks", "target", "load");

    private final Options options;
    private final Results results = new Results();
    private final Map<Entry, Participant> participants = new EnumMap<>(Entry.class);

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
        Machine machine = Machine.before(options, WORK);
        try (Servers servers = new Servers()) {
            start(servers);
            for (Scenario scenario : options.scenarios()) {
                System.err.println(scenario.title());
                run(scenario);
            }
            machine = machine.after(servers.single().version());
        } finally {
            participants.values().forEach(Participant::close);
        }
        return publish(machine);
    }

    private void start(Servers servers) throws IOException {
        for (Entry entry : options.entries()) {
            Path generator = WORK.resolve("generator").toAbsolutePath();
            if (entry.role() != Entry.Role.GENERATOR) {
                participants.put(entry, WorkerProcess.start(entry, servers, WORK));
            } else if (Files.isExecutable(generator)) {
                participants.put(entry, new Generator(generator, servers));
            }
        }
    }

    private void run(Scenario scenario) throws IOException {
        Map<Entry, Participant> able = new EnumMap<>(participants);
        able.entrySet().removeIf(one -> !warm(scenario, one.getKey(), one.getValue()));
        for (int round = 0; round < options.rounds(); round++) {
            for (Map.Entry<Entry, Participant> one : able.entrySet()) {
                measure(scenario, one.getKey(), one.getValue());
            }
        }
    }

    private boolean warm(Scenario scenario, Entry entry, Participant participant) {
        try {
            return participant.run(scenario, options.warmUp()).isPresent();
        } catch (Participant.TrialFailed | IOException e) {
            results.addProblem(scenario, entry, String.valueOf(e.getMessage()));
            return false;
        }
    }

    private void measure(Scenario scenario, Entry entry, Participant participant) throws IOException {
        try {
            participant.run(scenario, options.trial()).ifPresent(one -> results.add(scenario, entry, one));
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
