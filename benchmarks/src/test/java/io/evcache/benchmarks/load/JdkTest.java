package io.evcache.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JdkTest {
    @TempDir
    Path directory = Path.of(".");

    @Test
    void jdkOfTheReleaseIsFoundAmongOthers() throws IOException {
        install("jdk-17", "17.0.9");
        Path wanted = install("temurin", "25.0.1");
        install("zulu", "250.1");

        assertThat(Jdk.in(directory, 25)).hasValue(new Jdk(wanted, "25.0.1"));
    }

    @Test
    void otherReleasesAndDirectoriesWithoutAProgramAreNotTaken() throws IOException {
        install("jdk-17", "17.0.9");
        Files.writeString(Files.createDirectory(directory.resolve("empty")).resolve("release"), "JAVA_VERSION=\"25\"");

        assertThat(Jdk.in(directory, 25)).isEmpty();
        assertThat(Jdk.in(directory.resolve("missing"), 25)).isEmpty();
    }

    private Path install(String name, String version) throws IOException {
        Path home = directory.resolve(name);
        Path java =
                Files.createFile(Files.createDirectories(home.resolve("bin")).resolve("java"));
        assertThat(java.toFile().setExecutable(true)).isTrue();
        Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
        return home;
    }
}
