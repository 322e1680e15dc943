package io.evcache.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Requests and the replies that real servers gave to them; the format is described beside the files. */
final class WireTable {
    static final List<String> FILES = List.of("meta-get", "leases", "meta-set", "meta-other", "classic");

    private static final Pattern REPEATED = Pattern.compile("\\{(.)\\*(\\d+)}");

    private WireTable() {}

    /** A conversation on a connection of its own with an empty server. */
    record Case(String title, List<Step> steps) {}

    /** Requests sent at once, and the lines that come back. */
    record Step(List<String> requests, List<String> replies) {}

    /** The cases of one file, with the replies of one version. */
    static List<Case> read(String file, String version) {
        List<Case> cases = new ArrayList<>();
        Step step = new Step(new ArrayList<>(), new ArrayList<>());
        for (String line : lines(file)) {
            if (line.startsWith("== ")) {
                step = new Step(new ArrayList<>(), new ArrayList<>());
                cases.add(new Case(line.substring(3), new ArrayList<>(List.of(step))));
            } else if (line.startsWith(">")) {
                if (!step.replies().isEmpty()) {
                    step = new Step(new ArrayList<>(), new ArrayList<>());
                    cases.get(cases.size() - 1).steps().add(step);
                }
                step.requests().add(content(line, 1));
            } else if (line.startsWith("<1.6.")) {
                if (line.startsWith("<" + version)) {
                    step.replies().add(content(line, 1 + version.length()));
                }
            } else if (line.startsWith("<")) {
                step.replies().add(content(line, 1));
            }
        }
        return cases;
    }

    private static String content(String line, int prefix) {
        String content = line.length() > prefix ? line.substring(prefix + 1) : "";
        return REPEATED.matcher(content).replaceAll(match -> match.group(1).repeat(Integer.parseInt(match.group(2))));
    }

    private static List<String> lines(String file) {
        String path = "wire/" + file + ".txt";
        try (InputStream in = WireTable.class.getResourceAsStream(path)) {
            if (in == null) {
                throw new IllegalArgumentException("no resource " + path);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
