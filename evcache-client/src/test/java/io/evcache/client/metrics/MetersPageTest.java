package io.evcache.client.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The client's table in {@code docs/reference/metrics.md} is what the code defines. Run with {@code -Dmetrics.page.update=true} to write it anew. */
class MetersPageTest {
    private static final Path PAGE = Path.of("..", "docs", "reference", "metrics.md");
    private static final String BEGIN = "<!-- client meters: begin -->\n";
    private static final String END = "<!-- client meters: end -->\n";

    @Test
    void pageListsEveryMeterAndTagAsTheCodeDefinesThem() throws IOException {
        String page = Files.readString(PAGE);
        int begin = page.indexOf(BEGIN) + BEGIN.length();
        int end = page.indexOf(END);

        if (Boolean.getBoolean("metrics.page.update")) {
            Files.writeString(PAGE, page.substring(0, begin) + tables() + page.substring(end));
        } else {
            assertThat(page.substring(begin, end)).isEqualTo(tables());
        }
    }

    private static String tables() {
        StringBuilder tables = new StringBuilder("| Meter | Kind | Unit | Tags | Meaning |\n|---|---|---|---|---|\n");
        for (Meters meter : Meters.values()) {
            String labels = meter.labels().stream()
                    .map(label -> "`" + label.key() + "`")
                    .collect(Collectors.joining(", "));
            tables.append(String.format(
                    "| `%s` | %s | %s | %s | %s |%n",
                    meter.meterName(),
                    meter.kind().name().toLowerCase(Locale.ROOT),
                    meter.unit(),
                    labels,
                    meter.meaning()));
        }
        tables.append("\n| Tag | Of | Values |\n|---|---|---|\n");
        for (Label label : Label.values()) {
            String of = Arrays.stream(Meters.values())
                    .filter(meter -> meter.labels().contains(label))
                    .map(meter -> "`" + meter.meterName() + "`")
                    .collect(Collectors.joining(", "));
            tables.append(String.format("| `%s` | %s | %s |%n", label.key(), of, label.meaning()));
        }
        return tables.toString();
    }
}
