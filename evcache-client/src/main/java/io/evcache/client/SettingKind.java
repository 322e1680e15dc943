package io.evcache.client;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What the values of a {@link Setting} have in common: their range, and their form as text. */
interface SettingKind<T> {

    /** Returns what is allowed, for people to read. */
    String range();

    /** Returns the value as text that {@link #read} reads. */
    String text(T value);

    /**
     * Returns the value of a text.
     *
     * @throws IllegalArgumentException with what was expected, if it is none
     */
    T read(String text);

    /** Returns why a value is refused, to be read behind the name of the setting; null if it is not. */
    @Nullable
    String problem(T value);

    /** A whole number from 1. */
    static SettingKind<Integer> whole(int largest) {
        return of(
                String.format(Locale.ROOT, "1 to %,d", largest),
                value -> String.format(Locale.ROOT, "%,d", value),
                text -> Integer.valueOf(text.replaceAll("[,_]", "")),
                value -> value < 1 || value > largest ? "must be from 1 to " + largest + ", was " + value : null);
    }

    /** A part of a whole. */
    static SettingKind<Double> share() {
        return of(
                "a number from 0 to 1",
                String::valueOf,
                Double::valueOf,
                value -> value >= 0 && value <= 1 ? null : "must be from 0 to 1, was " + value);
    }

    /** Something that appears in logs, metrics and messages. */
    static SettingKind<String> name() {
        String rule = "1 to 64 letters and digits of ASCII, dots, underscores and hyphens";
        return of(
                rule,
                value -> value,
                text -> text,
                value -> value.matches("[A-Za-z0-9._-]{1,64}") ? null : "must be " + rule + ", was '" + value + "'");
    }

    /** Any text, or none. */
    static SettingKind<Optional<String>> optional(String range, Function<String, @Nullable String> problem) {
        return of(
                range,
                value -> value.orElse(""),
                Optional::of,
                value -> value.map(problem).orElse(null));
    }

    static <E extends Enum<E>> SettingKind<E> oneOf(Class<E> type) {
        return named(Stream.of(type.getEnumConstants()).collect(Collectors.toMap(Enum::name, value -> value)));
    }

    /** One of these. */
    static <T> SettingKind<T> named(Map<String, T> values) {
        String all = values.keySet().stream().sorted().collect(Collectors.joining(", "));
        return of(
                all,
                value -> values.entrySet().stream()
                        .filter(entry -> entry.getValue().equals(value))
                        .map(Map.Entry::getKey)
                        .findFirst()
                        .orElse(String.valueOf(value)),
                text -> Optional.ofNullable(values.get(text.toUpperCase(Locale.ROOT)))
                        .orElseThrow(IllegalArgumentException::new),
                value -> null);
    }

    /** Returns the kind that these make up; an exception of any type from {@code read} means that the text is none. */
    static <T> SettingKind<T> of(
            String range, Function<T, String> text, Function<String, T> read, Function<T, @Nullable String> problem) {
        return new SettingKind<>() {
            @Override
            public String range() {
                return range;
            }

            @Override
            public String text(T value) {
                return text.apply(value);
            }

            @Override
            public T read(String given) {
                try {
                    return read.apply(given.strip());
                } catch (RuntimeException e) {
                    throw new IllegalArgumentException("must be " + range + ", was '" + given + "'", e);
                }
            }

            @Override
            public @Nullable String problem(T value) {
                return problem.apply(value);
            }
        };
    }
}
