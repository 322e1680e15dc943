package io.evcache.benchmarks.load;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The JVM of one contender, for the whole run: started once, so that its code is compiled once, and idle while others are measured. */
final class WorkerProcess implements Participant {
    private static final List<String> JVM_OPTIONS = List.of("-Xms512m", "-Xmx512m", "-XX:+UseG1GC");

    private final Process process;
    private final BufferedWriter questions;
    private final BufferedReader answers;

    private WorkerProcess(Process process) {
        this.process = process;
        this.questions = new BufferedWriter(new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
        this.answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /**
     * Starts it. What it logs goes to {@code <id>.log} in the directory.
     *
     * @param java the program
     * @param place where it may run
     * @param directory has the class-path files
     */
    static WorkerProcess start(Path java, Entry entry, Servers servers, Scenario.Place place, Path directory)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(java.toString());
        command.addAll(JVM_OPTIONS);
        command.addAll(List.of("-cp", classPath(entry, directory), Worker.class.getName(), entry.id()));
        command.addAll(servers.arguments());
        Process process = new ProcessBuilder(Cores.ofContender(place, command))
                .redirectError(directory.resolve(entry.id() + ".log").toFile())
                .start();
        return new WorkerProcess(process);
    }

    /** The harness itself, its histogram, and the contender's own libraries; never another contender's. */
    static String classPath(Entry entry, Path directory) throws IOException {
        List<String> own = new ArrayList<>();
        for (String element : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            if (element.contains("HdrHistogram") || element.endsWith("benchmarks/target/classes")) {
                own.add(element);
            }
        }
        own.addAll(libraries(entry, directory));
        return String.join(File.pathSeparator, own);
    }

    /** Returns the jars of a contender's own class path. */
    static List<String> libraries(Entry entry, Path directory) throws IOException {
        String text = Files.readString(directory.resolve(entry.classPath() + ".cp"));
        return Arrays.asList(text.trim().split(File.pathSeparator, -1));
    }

    @Override
    public Optional<Measured> run(Scenario scenario, Duration length) throws IOException, TrialFailed {
        return ask("run " + scenario.name() + " " + length.toMillis()).map(Measured::parse);
    }

    @Override
    public boolean warm(Scenario scenario, WarmUp length) throws IOException, TrialFailed {
        return ask("warm " + scenario.name() + " " + length.words()).isPresent();
    }

    /** Returns what follows {@code ok}; empty if it is unable. */
    private Optional<String> ask(String question) throws IOException, TrialFailed {
        questions.write(question);
        questions.newLine();
        questions.flush();
        String answer = answers.readLine();
        if (answer == null) {
            throw new TrialFailed("its process ended; see its log");
        }
        if (answer.equals("unable")) {
            return Optional.empty();
        }
        if (!answer.startsWith("ok ")) {
            throw new TrialFailed(answer);
        }
        return Optional.of(answer.substring(3));
    }

    @Override
    public void close() {
        try {
            questions.close();
            if (!process.waitFor(3, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            process.destroyForcibly();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
