package io.evcache.client;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The value of every setting, right or wrong. Immutable. */
final class ChosenSettings {
    static final ChosenSettings DEFAULTS = new ChosenSettings(Map.of());

    /** By name of the setting; what nobody chose is missing. */
    private final Map<String, Object> chosen;

    private ChosenSettings(Map<String, Object> chosen) {
        this.chosen = chosen;
    }

    /** Returns these settings with another value of one. */
    <T> ChosenSettings with(Setting<T> setting, T value) {
        Map<String, Object> changed = new HashMap<>(chosen);
        changed.put(setting.name(), value);
        return new ChosenSettings(changed);
    }

    @SuppressWarnings("unchecked") // only with() puts
    <T> T get(Setting<T> setting) {
        Object value = chosen.get(setting.name());
        return value == null ? setting.initial() : (T) value;
    }

    /** Returns what is wrong with single values, in the order of the table. */
    List<String> problems() {
        return Settings.ALL.stream().flatMap(this::problem).toList();
    }

    private <T> Stream<String> problem(Setting<T> setting) {
        String problem = setting.kind().problem(get(setting));
        return problem == null ? Stream.empty() : Stream.of(setting.name() + " " + problem);
    }
}
