package io.evcache.benchmarks.load;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The C program, one process per trial. It compares every answer byte for byte itself. */
final class Generator implements Participant {
    private final Path program;
    private final Servers servers;

    Generator(Path program, Servers servers) {
        this.program = program;
        this.servers = servers;
    }

    @Override
    public Optional<Measured> run(Scenario scenario, Duration length) throws IOException, TrialFailed {
        if (!isAble(scenario)) {
            return Optional.empty();
        }
        List<Long> pids = servers.pids(scenario);
        long before = Meter.cpuOf(pids);
        Process process = new ProcessBuilder(
                        program.toString(),
                        Integer.toString(servers.single().port()),
                        scenario.isWrite() ? "set" : "get",
                        Integer.toString(scenario.width()),
                        Integer.toString(scenario.valueBytes()),
                        Long.toString(length.toMillis()))
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
        return Optional.of(Measured.parse(answer).withServerCpu(Meter.cpuOf(pids) - before));
    }

    /** One connection, one server. */
    private static boolean isAble(Scenario scenario) {
        boolean single = scenario.kind() == Scenario.Kind.GET && scenario.width() == 1;
        return scenario.zones() == 1 && (single || scenario.isAsync());
    }

    @Override
    public void close() {}
}
