package io.evcache.replication.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evcache.core.error.InvalidConfiguration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** {@code docs/reference/replication-settings.md} lists the keys that the programs read. */
class SettingsPageTest {
    private static final Path PAGE = Path.of("..", "docs", "reference", "replication-settings.md");
    private static final int RELAY_COLUMN = 2;
    private static final int AGENT_COLUMN = 3;

    @Test
    void pageListsEveryKeyOfTheRelay() throws IOException {
        assertThat(listed(RELAY_COLUMN)).containsExactlyInAnyOrderElementsOf(asked(RelayMain::start));
    }

    @Test
    void pageListsEveryKeyOfTheAgent() throws IOException {
        assertThat(listed(AGENT_COLUMN)).containsExactlyInAnyOrderElementsOf(asked(AgentMain::start));
    }

    /** An empty file is refused once all keys have been looked for. */
    private static Iterable<String> asked(Consumer<Settings> program) {
        Settings settings = new Settings(new Properties());
        assertThatThrownBy(() -> program.accept(settings)).isInstanceOf(InvalidConfiguration.class);
        return settings.keys();
    }

    private static List<String> listed(int column) throws IOException {
        return Files.readAllLines(PAGE).stream()
                .filter(line -> line.startsWith("| `"))
                .map(line -> line.split("\\|", -1))
                .filter(cells -> cells[column].strip().equals("yes"))
                .map(cells -> cells[1].strip().replace("`", ""))
                .toList();
    }
}
