package io.evcache.replication;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** A relay's or an agent's program in a JVM of its own, which can be killed. */
final class ProgramProcess implements AutoCloseable {
    private static final String READY = "READY ";

    private final Process process;
    private final BufferedReader output;
    private final Thread killAtExit;
    private String ready = "";

    private ProgramProcess(Process process) {
        this.process = process;
        this.output = process.inputReader();
        this.killAtExit = new Thread(process::destroyForcibly, "evcache-kill-program");
        Runtime.getRuntime().addShutdownHook(killAtExit);
    }

    /** Starts it and waits until it says that it runs. */
    static ProgramProcess start(Class<?> main, Path directory, Map<String, String> settings) throws IOException {
        ProgramProcess program = new ProgramProcess(launch(main, directory, settings, Redirect.INHERIT));
        program.awaitReady();
        return program;
    }

    /** Starts one that cannot run, and returns its exit code and what it wrote. */
    static Failed startInVain(Class<?> main, Path directory, Map<String, String> settings)
            throws IOException, InterruptedException {
        Process process = launch(main, directory, settings, Redirect.PIPE);
        try (BufferedReader errors = process.errorReader()) {
            String text = errors.lines().collect(Collectors.joining("\n"));
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                throw new IllegalStateException("the program does not end");
            }
            return new Failed(process.exitValue(), text);
        } finally {
            process.destroyForcibly();
        }
    }

    record Failed(int exitCode, String errors) {}

    private static Process launch(Class<?> main, Path directory, Map<String, String> settings, Redirect errors)
            throws IOException {
        Properties properties = new Properties();
        properties.putAll(settings);
        Path file = directory.resolve(main.getSimpleName() + ".properties");
        try (Writer writer = Files.newBufferedWriter(file)) {
            properties.store(writer, null);
        }
        ProcessBuilder command = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx192m",
                        main.getName(),
                        file.toString())
                .redirectError(errors);
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        command.environment().put("CLASSPATH", classPath);
        return command.start();
    }

    private void awaitReady() throws IOException {
        StringBuilder said = new StringBuilder();
        String line = output.readLine();
        while (line != null && !line.startsWith(READY)) {
            said.append('\n').append(line);
            line = output.readLine();
        }
        if (line == null) {
            throw new IllegalStateException("the program ended before it was ready. It said:" + said);
        }
        ready = line.substring(READY.length());
        // What it says from here on is logs; reading keeps its pipe from filling up.
        Thread reader = new Thread(this::skipOutput, "evcache-program-output");
        reader.setDaemon(true);
        reader.start();
    }

    private void skipOutput() {
        try {
            while (output.readLine() != null) {
                // skipped
            }
        } catch (IOException e) {
            // it was killed
        }
    }

    /** Returns what it said behind READY. */
    String ready() {
        return ready;
    }

    /** SIGSTOP or SIGCONT. */
    void signal(String name) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
        if (kill.waitFor() != 0) {
            throw new IllegalStateException("no signal " + name);
        }
    }

    /** SIGKILL; returns when it is gone. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        end();
    }

    /** SIGTERM; returns its exit code. */
    int terminate() throws InterruptedException {
        process.destroy();
        end();
        return process.exitValue();
    }

    private void end() throws InterruptedException {
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            throw new IllegalStateException("the program does not end");
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        Runtime.getRuntime().removeShutdownHook(killAtExit);
    }
}
