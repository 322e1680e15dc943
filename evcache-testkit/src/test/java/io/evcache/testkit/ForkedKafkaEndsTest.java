package io.evcache.testkit;

import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ForkedKafkaEndsTest {
    @Test
    void brokerEndsWithTheJvmThatStartedIt(@TempDir Path directory) throws Exception {
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        ProcessBuilder command = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Djava.io.tmpdir=" + directory,
                        ParentOfABroker.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        command.environment().put("CLASSPATH", classPath);
        Process parent = command.start();
        long broker;
        try (BufferedReader output = parent.inputReader()) {
            broker = Long.parseLong(output.readLine());

            parent.destroyForcibly();
        }

        await().atMost(Duration.ofSeconds(30))
                .until(() ->
                        ProcessHandle.of(broker).filter(ProcessHandle::isAlive).isEmpty());
    }

    /** Starts a broker, prints its process's number and waits to be killed. */
    static final class ParentOfABroker {
        private ParentOfABroker() {}

        public static void main(String[] arguments) throws IOException {
            LocalKafka broker = LocalKafka.fork();
            System.out.println(broker.pid());
            int end = System.in.read();
            broker.close();
            System.exit(end);
        }
    }
}
