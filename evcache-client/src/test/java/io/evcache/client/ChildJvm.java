package io.evcache.client;

import static java.util.concurrent.TimeUnit.SECONDS;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A program of the tests in a JVM of its own, with which a test talks in lines, and which it can kill. */
public final class ChildJvm implements AutoCloseable {
    private static final int SECONDS_TO_END = 60;

    private final Process process;
    private final BufferedReader output;

    private ChildJvm(Process process) {
        this.process = process;
        this.output = process.inputReader(StandardCharsets.UTF_8);
    }

    public static ChildJvm start(Class<?> main, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                main.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        builder.environment().put("CLASSPATH", classPath);
        return new ChildJvm(builder.start());
    }

    /** The next line that begins as one of the pattern's, so is none of a log; null once the program has ended and all is read. */
    public @Nullable String line(String pattern) throws IOException {
        String line = output.readLine();
        while (line != null && !line.matches(pattern)) {
            line = output.readLine();
        }
        return line;
    }

    public void tell(String line) throws IOException {
        OutputStream input = process.getOutputStream();
        input.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        input.flush();
    }

    /** SIGKILL. What the program had said before can still be read. */
    public void kill() throws InterruptedException {
        // By its handle: the process itself would close its streams as well.
        boolean unused = process.toHandle().destroyForcibly();
        if (!process.waitFor(SECONDS_TO_END, SECONDS)) {
            throw new IllegalStateException("the program does not end");
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
