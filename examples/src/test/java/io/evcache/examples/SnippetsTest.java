package io.evcache.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Code in the documentation is code that was compiled: a block after {@code <!-- snippet: path#name -->} must equal the lines between {@code // snippet: name} and
 * {@code // end} of that file.
 */
class SnippetsTest {
    private static final Path ROOT = root();
    private static final Pattern BLOCK =
            Pattern.compile("<!-- snippet: (\\S+)#(\\S+) -->\\R```\\w+\\R(.*?)```", Pattern.DOTALL);

    @TestFactory
    Stream<DynamicTest> everyBlockEqualsItsSource() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        for (Path page : pages()) {
            Matcher block = BLOCK.matcher(Files.readString(page));
            while (block.find()) {
                String file = block.group(1);
                String name = block.group(2);
                String shown = block.group(3);
                tests.add(DynamicTest.dynamicTest(
                        ROOT.relativize(page) + " " + name,
                        () -> assertThat(shown.stripTrailing()).isEqualTo(source(file, name))));
            }
        }
        return tests.stream();
    }

    @TestFactory
    Stream<DynamicTest> noCodeOfJavaIsWithoutSource() throws IOException {
        return pages().stream()
                .map(page -> DynamicTest.dynamicTest(
                        ROOT.relativize(page).toString(),
                        () -> assertThat(BLOCK.matcher(Files.readString(page)).replaceAll(""))
                                .doesNotContain("```java")));
    }

    @Test
    void theReadmeShowsCode() throws IOException {
        assertThat(Files.readString(ROOT.resolve("README.md"))).containsPattern(BLOCK);
    }

    private static String source(String file, String name) throws IOException {
        List<String> lines = Files.readAllLines(ROOT.resolve(file));
        List<String> found = new ArrayList<>();
        boolean inside = false;
        for (String line : lines) {
            if (line.strip().equals("// snippet: " + name)) {
                inside = true;
            } else if (inside && line.strip().equals("// end")) {
                return String.join("\n", found).stripIndent().stripTrailing();
            } else if (inside) {
                found.add(line);
            }
        }
        throw new AssertionError(file + " has no snippet " + name);
    }

    private static List<Path> pages() throws IOException {
        List<Path> pages = new ArrayList<>();
        try (Stream<Path> here = Files.list(ROOT);
                Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
            here.forEach(pages::add);
            docs.forEach(pages::add);
        }
        pages.removeIf(page -> !page.toString().endsWith(".md"));
        return pages;
    }

    private static Path root() {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            if (Files.exists(at.resolve("mvnw"))) {
                return at;
            }
        }
        throw new AssertionError("run inside the checkout");
    }
}
