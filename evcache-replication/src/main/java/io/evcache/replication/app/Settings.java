package io.evcache.replication.app;

import io.evcache.core.error.InvalidConfiguration;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The values of one properties file. Collects every problem, keys that nobody asked for included, and {@link #check} throws them all at once.
 *
 * <p>Durations are a number and a unit: {@code 250ms}, {@code 5s}, {@code 2min} (or {@code 2m}), {@code 6h}, {@code 1d}.
 */
final class Settings {
    private static final Pattern DURATION = Pattern.compile("(\\d{1,9}) ?(ms|s|min|m|h|d)");
    private static final int CLOSE_ENOUGH = 3;

    private final Map<String, String> values = new HashMap<>();
    private final Set<String> known = new TreeSet<>();
    private final Set<String> knownPrefixes = new TreeSet<>();
    private final List<String> problems = new ArrayList<>();

    Settings(Properties properties) {
        properties
                .stringPropertyNames()
                .forEach(key -> values.put(key, properties.getProperty(key).strip()));
    }

    static Settings read(Path file) {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        } catch (IOException | IllegalArgumentException e) {
            throw new InvalidConfiguration(List.of("cannot read " + file + ": " + e));
        }
        return new Settings(properties);
    }

    /** Returns a value that must be there. */
    String required(String key) {
        String value = text(key, "");
        if (value.isEmpty()) {
            problems.add(key + " is missing");
        }
        return value;
    }

    /** Returns a value; the other one if there is none, or an empty one. */
    String text(String key, String otherwise) {
        known.add(key);
        String value = values.getOrDefault(key, "");
        return value.isEmpty() ? otherwise : value;
    }

    int number(String key, int otherwise, int min, int max) {
        return parsed(key, otherwise, text -> {
            int number = Integer.parseInt(text);
            if (number < min || number > max) {
                throw new IllegalArgumentException("must be " + min + " to " + max);
            }
            return number;
        });
    }

    /** Returns a duration of more than zero. */
    Duration duration(String key, Duration otherwise) {
        return parsed(key, otherwise, text -> {
            Duration duration = duration(text);
            if (duration.isZero()) {
                throw new IllegalArgumentException("must be more than zero");
            }
            return duration;
        });
    }

    /** Returns a duration that may be zero, where waiting for nothing makes sense. */
    Duration durationFromZero(String key, Duration otherwise) {
        return parsed(key, otherwise, Settings::duration);
    }

    <E extends Enum<E>> E oneOf(String key, E otherwise) {
        E[] all = otherwise.getDeclaringClass().getEnumConstants();
        return parsed(
                key,
                otherwise,
                text -> Arrays.stream(all)
                        .filter(one -> one.name().equalsIgnoreCase(text))
                        .findFirst()
                        .orElseThrow(() -> new IllegalArgumentException("must be one of "
                                + Arrays.stream(all)
                                        .map(one -> one.name().toLowerCase(Locale.ROOT))
                                        .collect(Collectors.joining(", ")))));
    }

    /** Returns what the parser makes of a text; empty if there is none or it refuses. */
    <T> Optional<T> optional(String key, Function<String, T> parser) {
        return parsed(key, Optional.empty(), text -> Optional.of(parser.apply(text)));
    }

    /** Returns everything under a prefix, without it. */
    Map<String, String> under(String prefix) {
        knownPrefixes.add(prefix);
        Map<String, String> found = new HashMap<>();
        values.forEach((key, value) -> {
            if (key.startsWith(prefix)) {
                found.put(key.substring(prefix.length()), value);
            }
        });
        return found;
    }

    /** Builds something out of values, and turns its refusal into a problem. */
    <T> T build(T otherwise, Function<Settings, T> builder) {
        try {
            return builder.apply(this);
        } catch (InvalidConfiguration e) {
            problems.addAll(e.problems());
        } catch (IllegalArgumentException e) {
            problems.add(String.valueOf(e.getMessage()));
        }
        return otherwise;
    }

    /** Returns the keys that were asked for so far, and for each prefix {@code PREFIX.NAME}. */
    Set<String> keys() {
        Set<String> keys = new TreeSet<>(known);
        knownPrefixes.forEach(prefix -> keys.add(prefix + "NAME"));
        return keys;
    }

    void problem(String text) {
        problems.add(text);
    }

    /**
     * Ends the reading.
     *
     * @throws InvalidConfiguration with every problem that there is
     */
    void check() {
        for (String key : new TreeSet<>(values.keySet())) {
            if (!known.contains(key) && knownPrefixes.stream().noneMatch(key::startsWith)) {
                problems.add("unknown key " + key + suggestion(key));
            }
        }
        if (!problems.isEmpty()) {
            throw new InvalidConfiguration(problems);
        }
    }

    private <T> T parsed(String key, T otherwise, Function<String, T> parser) {
        String text = text(key, "");
        if (text.isEmpty()) {
            return otherwise;
        }
        try {
            return parser.apply(text);
        } catch (NumberFormatException e) {
            problems.add(key + " must be a number, was '" + text + "'");
        } catch (IllegalArgumentException e) {
            problems.add(key + " is '" + text + "': " + e.getMessage());
        }
        return otherwise;
    }

    private static Duration duration(String text) {
        Matcher matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("must be a number and ms, s, min, h or d");
        }
        long number = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m", "min" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            default -> Duration.ofDays(number);
        };
    }

    private String suggestion(String key) {
        String best = "";
        int bestDistance = CLOSE_ENOUGH + 1;
        for (String candidate : known) {
            int distance = distance(key, candidate);
            if (distance < bestDistance) {
                bestDistance = distance;
                best = candidate;
            }
        }
        return best.isEmpty() ? "" : "; did you mean " + best + "?";
    }

    /** How many letters must be changed, added or removed (Levenshtein). */
    private static int distance(String a, String b) {
        int[] above = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            above[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] row = new int[b.length() + 1];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = above[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(change, 1 + Math.min(above[j], row[j - 1]));
            }
            above = row;
        }
        return above[b.length()];
    }
}
