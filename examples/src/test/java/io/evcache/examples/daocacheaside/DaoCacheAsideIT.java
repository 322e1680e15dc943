package io.evcache.examples.daocacheaside;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DaoCacheAsideIT {

    @Test
    void withLeasesTheDatabaseIsAskedLessAndBothRunsAreDrawn(@TempDir Path directory) throws Exception {
        Path chart = directory.resolve("chart.svg");

        assertThat(DaoCacheAside.run(4, chart)).isTrue();
        assertThat(Files.readString(chart)).contains("<polyline", "get, load, set by hand", "CacheAside with leases");
    }
}
