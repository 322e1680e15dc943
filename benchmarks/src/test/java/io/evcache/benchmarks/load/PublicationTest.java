package io.evcache.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PublicationTest {

    @Test
    void onlyTheFiguresBetweenTheMarkersAreReplaced() {
        String page = "words\n" + Publication.BEGIN + "\nold\n" + Publication.END + "\nmore words\n";

        String replaced = Publication.replace(page, "new");

        assertThat(replaced)
                .startsWith("words\n")
                .endsWith("\nmore words\n")
                .contains("new")
                .doesNotContain("old");
        assertThat(Publication.replace(replaced, "new")).isEqualTo(replaced);
    }

    @Test
    void pageWithoutMarkersIsLeftAlone() {
        assertThatThrownBy(() -> Publication.replace("words", "new")).hasMessageContaining("no markers");
    }

    @Test
    void chartsAreWrittenBesideThePage(@TempDir Path docs) throws IOException {
        Files.createDirectories(docs.resolve("images"));
        Files.writeString(docs.resolve("performance.md"), Publication.BEGIN + Publication.END);
        Results results = new Results();
        Measured measured = new Measured(1_000, 1_000_000_000, 1, 2, 3, 4, 5, 6, 7);
        Scenario.ALL.forEach(scenario -> results.add(scenario, Entry.EVCACHE, measured));

        Publication.write(docs, "figures", results);

        assertThat(docs.resolve("performance.md")).content().contains("figures", "images/performance-async.svg");
        assertThat(docs.resolve("images/performance-async.svg"))
                .content()
                .startsWith("<svg")
                .contains("Netflix EVCache", ">1,000<");
    }

    @Test
    void trialSurvivesTheWayBetweenProcesses() {
        Measured measured = new Measured(1, 2, 3.25, 4.5, 5.75, 6, 7, 8, 9);

        assertThat(Measured.parse(measured.line())).isEqualTo(measured);
    }
}
