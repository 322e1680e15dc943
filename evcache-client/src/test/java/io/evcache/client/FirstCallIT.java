package io.evcache.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.evcache.testkit.EmbeddedZonesExtension;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class FirstCallIT {
    @RegisterExtension
    static final EmbeddedZonesExtension servers = EmbeddedZonesExtension.of(2, "a", "b", "c");

    @Test
    void firstReadAndWriteOfAFreshJvmAreAnsweredInTime() throws Exception {
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        FirstCall.class.getName(),
                        servers.connectString())
                .redirectErrorStream(true)
                .start();
        try {
            String output = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

            assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(output).contains("read MISS", "written true", "then v");
        } finally {
            child.destroyForcibly();
        }
    }
}
