package io.evcache.client;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What the values of a {@link Setting} have in common.
 *
 * @param range what is allowed, for people to read
 * @param text a value as text
 * @param problem why a value is refused, to be read behind the name of the setting; empty if it is not
 * @param <T> the type of the value
 */
record SettingKind<T>(String range, Function<T, String> text, Function<T, Optional<String>> problem) {

    /** More than zero, at most so long. */
    static SettingKind<Duration> duration(Duration longest) {
        return new SettingKind<>(
                "duration, more than 0, at most " + words(longest),
                SettingKind::words,
                value -> problemIf(
                        value.isNegative() || value.isZero() || value.compareTo(longest) > 0,
                        "must be more than zero and at most " + longest + ", was " + value));
    }

    /** A whole number from 1. */
    static SettingKind<Integer> whole(int largest) {
        return new SettingKind<>(
                String.format(Locale.ROOT, "1 to %,d", largest),
                value -> String.format(Locale.ROOT, "%,d", value),
                value -> problemIf(value < 1 || value > largest, "must be from 1 to " + largest + ", was " + value));
    }

    /** Something that appears in logs, metrics and messages. */
    static SettingKind<String> name() {
        String rule = "1 to 64 letters and digits of ASCII, dots, underscores and hyphens";
        return new SettingKind<>(
                rule,
                value -> value,
                value ->
                        problemIf(!value.matches("[A-Za-z0-9._-]{1,64}"), "must be " + rule + ", was '" + value + "'"));
    }

    static <E extends Enum<E>> SettingKind<E> oneOf(Class<E> type) {
        List<E> all = Arrays.asList(type.getEnumConstants());
        return any(all.stream().map(Enum::name).collect(Collectors.joining(", ")), Enum::name);
    }

    /** Something that is right because of its type, or is checked together with other settings. */
    static <T> SettingKind<T> any(String range, Function<T, String> text) {
        return new SettingKind<>(range, text, value -> Optional.empty());
    }

    private static Optional<String> problemIf(boolean wrong, String problem) {
        return wrong ? Optional.of(problem) : Optional.empty();
    }

    private static String words(Duration time) {
        if (time.compareTo(Duration.ofHours(1)) >= 0 && time.equals(Duration.ofHours(time.toHours()))) {
            return time.toHours() + " h";
        }
        return time.toMillis() % 1_000 == 0 ? time.toSeconds() + " s" : time.toMillis() + " ms";
    }
}
