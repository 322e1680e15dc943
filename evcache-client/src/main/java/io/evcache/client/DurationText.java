package io.evcache.client;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Durations as people write them, {@code 100 ms}, {@code 2 min}, or in the form of ISO 8601. */
final class DurationText {
    private static final Pattern NUMBER_AND_UNIT = Pattern.compile("([0-9]{1,12}) ?(ms|s|min|h)");

    /** Longest first. */
    private static final List<Entry<String, Duration>> UNITS = List.of(
            unit("h", Duration.ofHours(1)),
            unit("min", Duration.ofMinutes(1)),
            unit("s", Duration.ofSeconds(1)),
            unit("ms", Duration.ofMillis(1)));

    private DurationText() {}

    private static Entry<String, Duration> unit(String name, Duration length) {
        return Map.entry(name, length);
    }

    /** More than zero, at most so long. */
    static SettingKind<Duration> upTo(Duration longest) {
        return SettingKind.of(
                "a duration (20 ms, 2 s, 1 min, PT0.02S) of more than zero, at most " + write(longest),
                DurationText::write,
                DurationText::read,
                value -> problem(value, longest));
    }

    private static @Nullable String problem(Duration value, Duration longest) {
        boolean wrong = value.isNegative() || value.isZero() || value.compareTo(longest) > 0;
        return wrong ? "must be more than zero and at most " + longest + ", was " + value : null;
    }

    static String write(Duration value) {
        for (Entry<String, Duration> unit : UNITS) {
            long count = value.dividedBy(unit.getValue());
            if (count > 0 && unit.getValue().multipliedBy(count).equals(value)) {
                return count + " " + unit.getKey();
            }
        }
        return value.toString();
    }

    static Duration read(String text) {
        Matcher matcher = NUMBER_AND_UNIT.matcher(text);
        if (!matcher.matches()) {
            return Duration.parse(text);
        }
        for (Entry<String, Duration> unit : UNITS) {
            if (unit.getKey().equals(matcher.group(2))) {
                return unit.getValue().multipliedBy(Long.parseLong(matcher.group(1)));
            }
        }
        throw new IllegalStateException("a unit that is matched is listed: " + text);
    }
}
