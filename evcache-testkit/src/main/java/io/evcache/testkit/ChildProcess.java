package io.evcache.testkit;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * One process that a test started: its output in a file, its signals, and its end.
 *
 * <p>Ends with this JVM at the latest. Not thread-safe; the owner guards it.
 */
final class ChildProcess implements AutoCloseable {
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);
    private static final int SHOWN_OUTPUT_CHARS = 4_000;

    private final String name;
    private final Path output;
    private final Process process;
    private final Thread killAtExit;

    private ChildProcess(String name, Path output, Process process) {
        this.name = name;
        this.output = output;
        this.process = process;
        this.killAtExit = new Thread(process::destroyForcibly, "evcache-kill-" + name);
    }

    /** Starts the command with standard output and standard error appended to {@code output}. */
    static ChildProcess start(String name, ProcessBuilder command, Path output) {
        command.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
        try {
            ChildProcess child = new ChildProcess(name, output, command.start());
            Runtime.getRuntime().addShutdownHook(child.killAtExit);
            return child;
        } catch (IOException e) {
            throw new IllegalStateException("cannot start " + name + " by " + command.command(), e);
        }
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /**
     * Waits until the process has written the file.
     *
     * @throws IllegalStateException with the process's output if it ended, or did not do so in time
     */
    void awaitFile(Path file, Duration timeout) {
        long start = System.nanoTime();
        while (!Files.exists(file)) {
            if (exitedWithin(Duration.ofMillis(2))) {
                throw new IllegalStateException(name + " ended with exit code " + process.exitValue() + shownOutput());
            }
            if (System.nanoTime() - start > timeout.toNanos()) {
                close();
                throw new IllegalStateException(
                        name + " was not ready within " + timeout.toMillis() + " ms" + shownOutput());
            }
        }
    }

    /** SIGTERM, and SIGKILL for a process that has not ended by then. */
    void terminate() {
        if (process.isAlive()) {
            resume(); // a stopped process does not see its SIGTERM
            process.destroy();
            if (!exitedWithin(STOP_TIMEOUT)) {
                kill();
            }
        }
        forget();
    }

    /** SIGKILL; returns when the process is gone. */
    void kill() {
        process.destroyForcibly();
        if (!exitedWithin(STOP_TIMEOUT)) {
            throw new IllegalStateException(name + " (process " + pid() + ") survives SIGKILL");
        }
        forget();
    }

    /** SIGSTOP; returns when every thread of the process has stopped (on Linux, where that can be seen). */
    void hang() {
        requireAlive();
        signal("-STOP");
        long start = System.nanoTime();
        while (!everyThreadIsStopped()) {
            if (exitedWithin(Duration.ofMillis(1)) || System.nanoTime() - start > STOP_TIMEOUT.toNanos()) {
                throw new IllegalStateException(name + " (process " + pid() + ") did not stop" + shownOutput());
            }
        }
    }

    /** SIGCONT; does nothing to a running process. */
    void resume() {
        requireAlive();
        signal("-CONT");
    }

    @Override
    public void close() {
        if (process.isAlive()) {
            kill();
        } else {
            forget();
        }
    }

    private void requireAlive() {
        if (!process.isAlive()) {
            throw new IllegalStateException(name + " is not running" + shownOutput());
        }
    }

    private void signal(String signal) {
        try {
            Process kill = new ProcessBuilder("kill", signal, Long.toString(pid()))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!kill.waitFor(STOP_TIMEOUT.toMillis(), MILLISECONDS) || kill.exitValue() != 0) {
                throw new IllegalStateException("kill " + signal + " " + pid() + " of " + name + " failed");
            }
        } catch (IOException e) {
            throw new IllegalStateException("kill " + signal + " " + pid() + " of " + name + " failed", e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** The kernel stops threads one by one, and one that still runs could answer a request. */
    private boolean everyThreadIsStopped() {
        Path tasks = Path.of("/proc", Long.toString(pid()), "task");
        if (!Files.isDirectory(tasks)) {
            return process.isAlive();
        }
        try (Stream<Path> threads = Files.list(tasks)) {
            return threads.allMatch(ChildProcess::isStopped);
        } catch (IOException | UncheckedIOException e) {
            return false; // a thread ended while being looked at: look again
        }
    }

    private static boolean isStopped(Path thread) {
        try {
            String stat = Files.readString(thread.resolve("stat"));
            // pid (name) state …; the name may itself hold parentheses
            return stat.charAt(stat.lastIndexOf(')') + 2) == 'T';
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean exitedWithin(Duration timeout) {
        try {
            return process.waitFor(timeout.toMillis(), MILLISECONDS);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            throw interrupted(e);
        }
    }

    private static IllegalStateException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new IllegalStateException("interrupted", e);
    }

    private void forget() {
        try {
            Runtime.getRuntime().removeShutdownHook(killAtExit);
        } catch (IllegalStateException e) {
            // The JVM is shutting down: the hook runs, and finds the process gone.
        }
    }

    private String shownOutput() {
        try {
            String text = Files.readString(output).strip();
            String shown = text.substring(Math.max(0, text.length() - SHOWN_OUTPUT_CHARS));
            return shown.isEmpty() ? " and wrote nothing" : "; it wrote:\n" + shown;
        } catch (IOException e) {
            return "; its output in " + output + " cannot be read: " + e;
        }
    }

    /** A fresh directory for one process. */
    static Path newDirectory(String name) {
        try {
            return Files.createTempDirectory("evcache-" + name + "-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Deletes the directory with everything in it; what cannot be deleted stays. */
    static void deleteDirectory(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : List.copyOf(files.sorted(Comparator.reverseOrder()).toList())) {
                Files.deleteIfExists(file);
            }
        } catch (IOException | UncheckedIOException e) {
            // Left to the operating system: a temporary directory is not worth a failed test.
        }
    }
}
