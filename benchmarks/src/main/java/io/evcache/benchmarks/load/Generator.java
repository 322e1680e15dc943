package io.evcache.benchmarks.load;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The C program, one process per trial. It compares every answer byte for byte itself. */
final class Generator implements Participant {
    private final Entry entry;
    private final Path program;
    private final Servers servers;
    private final Scenario.Place place;

    /** Takes part as {@link Entry#GENERATOR} or {@link Entry#ECHO}. */
    Generator(Entry entry, Path program, Servers servers, Scenario.Place place) {
        this.entry = entry;
        this.program = program;
        this.servers = servers;
        this.place = place;
    }

    @Override
    public Optional<Measured> run(Scenario scenario, Duration length) throws IOException, TrialFailed {
        if (!isAble(scenario)) {
            return Optional.empty();
        }
        List<Long> pids = servers.pids(scenario);
        long before = Meter.cpuOf(pids);
        Process process = new ProcessBuilder(Cores.ofContender(
                        place,
                        List.of(
                                program.toString(),
                                Integer.toString(servers.single().port()),
                                entry == Entry.ECHO ? "echo" : scenario.isWrite() ? "set" : "get",
                                Integer.toString(scenario.width()),
                                Integer.toString(scenario.valueBytes()),
                                Long.toString(length.toMillis()))))
                .redirectErrorStream(true)
                .start();
        String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new TrialFailed(answer.trim());
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            throw new IOException(e);
        }
        Measured measured = Measured.parse(answer);
        return Optional.of(entry == Entry.ECHO ? measured : measured.withServerCpu(Meter.cpuOf(pids) - before));
    }

    /** There is nothing to compile. */
    @Override
    public boolean warm(Scenario scenario, WarmUp length) {
        return isAble(scenario);
    }

    /** One connection, one server. */
    private boolean isAble(Scenario scenario) {
        boolean single = scenario.kind() == Scenario.Kind.GET && scenario.width() == 1;
        boolean asked = entry == Entry.ECHO ? single : single || scenario.isAsync();
        return asked && scenario.zones() == 1 && scenario.nodes() == 1;
    }

    @Override
    public void close() {}
}
