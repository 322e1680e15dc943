package io.evcache.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The table in {@code docs/reference/configuration.md} is the table that the builder goes by. Run with {@code -Dconfiguration.page.update=true} to write it anew. */
class ConfigurationPageTest {
    private static final Path PAGE = Path.of("..", "docs", "reference", "configuration.md");
    private static final String BEGIN = "<!-- settings: begin -->\n";
    private static final String END = "<!-- settings: end -->\n";

    @Test
    void pageListsEverySettingAsTheBuilderKnowsIt() throws IOException {
        String page = Files.readString(PAGE);
        int begin = page.indexOf(BEGIN) + BEGIN.length();
        int end = page.indexOf(END);

        if (Boolean.getBoolean("configuration.page.update")) {
            Files.writeString(PAGE, page.substring(0, begin) + table() + page.substring(end));
        } else {
            assertThat(page.substring(begin, end)).isEqualTo(table());
        }
    }

    private static String table() {
        StringBuilder table =
                new StringBuilder("| Key | Meaning | Default | Allowed | Live |\n|---|---|---|---|---|\n");
        for (Setting<?> setting : Settings.ALL) {
            table.append("| `").append(setting.name()).append("` | ").append(setting.meaning());
            table.append(" | ")
                    .append(setting.initially())
                    .append(" | ")
                    .append(setting.kind().range());
            table.append(" | ").append(setting.isLive() ? "yes" : "").append(" |\n");
        }
        return table.toString();
    }
}
