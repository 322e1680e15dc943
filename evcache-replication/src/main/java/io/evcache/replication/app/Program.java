package io.evcache.replication.app;

import io.evcache.core.error.InvalidConfiguration;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What both programs have in common: they start or say why not, say READY, report from time to time, and close on SIGTERM. */
final class Program {
    private static final Logger LOG = LoggerFactory.getLogger(Program.class);
    private static final int WRONG_USE = 2;

    private Program() {}

    /**
     * Something that runs until it is closed.
     *
     * @param ready what to print behind READY
     * @param status one line
     */
    record Running(Parts parts, String ready, Supplier<String> status, Duration statusInterval) {}

    /** Runs until the process is told to end. Exits with 2 if the file is wrong. */
    @SuppressWarnings("SystemOut") // a program's own standard output
    static void main(String name, String[] arguments, Function<Settings, Running> start) {
        if (arguments.length != 1) {
            System.err.println("usage: " + name + " FILE.properties");
            System.exit(WRONG_USE);
            return;
        }
        try {
            Running running = start.apply(Settings.read(Path.of(arguments[0])));
            CountDownLatch ending = new CountDownLatch(1);
            Thread hook = new Thread(() -> close(name, running, ending), "evcache-shutdown");
            Runtime.getRuntime().addShutdownHook(hook);
            System.out.println("READY " + running.ready());
            report(name, running, ending);
        } catch (InvalidConfiguration e) {
            System.err.println(name + ": " + arguments[0] + ": " + e.getMessage());
            System.exit(WRONG_USE);
        }
    }

    private static void report(String name, Running running, CountDownLatch ending) {
        try {
            while (!ending.await(running.statusInterval().toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.info("[{}] {}", name, running.status().get());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void close(String name, Running running, CountDownLatch ending) {
        ending.countDown();
        running.parts().close();
        LOG.info("[{}] closed: {}", name, running.status().get());
    }
}
