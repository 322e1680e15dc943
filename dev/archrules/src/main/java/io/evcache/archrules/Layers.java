package io.evcache.archrules;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A table of packages and what each may use. What the table does not allow is forbidden, and so is a package that it
 * does not list.
 *
 * <p>One line per package: {@code client.near -> core.key, com.github.benmanes.caffeine..}. A name that starts with
 * {@code core}, {@code client}, {@code replication} or {@code spymemcached} is ours and lies under the base package; other names are
 * complete. Two dots at the end include the packages below; the longest matching line speaks for a package. Not
 * listed because always allowed: a package itself, the JDK's public packages, SLF4J, JSpecify, and the packages of ours
 * that are free for all.
 */
final class Layers {

    private static final String BASE = "io.evcache.";
    private static final Pattern OURS = Pattern.compile("(core|client|replication|spymemcached)(\\..*)?");
    private static final List<Packages> FREE = Stream.of(
                    "java..", "javax..", "org.slf4j", "org.jspecify..", "core.time", "core.error")
            .map(Packages::parse)
            .toList();

    private final Map<Packages, List<Packages>> allowed;

    private Layers(Map<Packages, List<Packages>> allowed) {
        this.allowed = allowed;
    }

    static Layers parse(String table) {
        Map<Packages, List<Packages>> allowed = new LinkedHashMap<>();
        for (String line : table.lines().toList()) {
            String[] sides = line.split("->", -1);
            if (sides.length != 2) {
                throw new IllegalArgumentException("not 'package -> packages': " + line);
            }
            List<Packages> right = Arrays.stream(sides[1].split(",", -1))
                    .map(String::strip)
                    .filter(name -> !name.isEmpty())
                    .map(Packages::parse)
                    .toList();
            if (allowed.put(Packages.parse(sides[0].strip()), right) != null) {
                throw new IllegalArgumentException("listed twice: " + line);
            }
        }
        return new Layers(allowed);
    }

    /** Says, a line each, what the class uses and may not; empty when all is well. */
    List<String> violations(JavaClass origin) {
        Optional<Packages> line = lineOf(origin.getPackageName());
        if (line.isEmpty()) {
            return List.of(origin.getName() + " is in a package that the table does not list");
        }
        return origin.getDirectDependenciesFromSelf().stream()
                .filter(dependency -> !isAllowed(line.get(), dependency))
                .map(dependency ->
                        line.get() + " may not use " + target(dependency) + ": " + dependency.getDescription())
                .sorted()
                .toList();
    }

    private Optional<Packages> lineOf(String packageName) {
        return allowed.keySet().stream()
                .filter(packages -> packages.contain(packageName))
                .max((a, b) -> Integer.compare(a.name().length(), b.name().length()));
    }

    private boolean isAllowed(Packages line, Dependency dependency) {
        String target = target(dependency);
        if (target.isEmpty() || lineOf(target).equals(Optional.of(line))) { // a primitive, or at home
            return true;
        }
        return Stream.concat(FREE.stream(), allowed.getOrDefault(line, List.of()).stream())
                .anyMatch(packages -> packages.contain(target));
    }

    private static String target(Dependency dependency) {
        return dependency.getTargetClass().getBaseComponentType().getPackageName();
    }

    /** One package, or with {@code below} also those below it. */
    private record Packages(String name, boolean below) {

        static Packages parse(String text) {
            boolean below = text.endsWith("..");
            String name = below ? text.substring(0, text.length() - 2) : text;
            return new Packages(OURS.matcher(name).matches() ? BASE + name : name, below);
        }

        boolean contain(String packageName) {
            return packageName.equals(name) || (below && packageName.startsWith(name + "."));
        }

        @Override
        public String toString() {
            return name + (below ? ".." : "");
        }
    }
}
