package io.evcache.client;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Map.Entry;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Settings that came as texts.
 *
 * @param settings with all that could be read
 * @param problems with the rest, in the order of the keys
 */
record SettingProperties(ChosenSettings settings, List<String> problems) {
    /** Of the letters of a key; more are another word. */
    private static final int MOST_SLIPS = 3;

    /** Reads properties on top of these settings. */
    static SettingProperties read(Map<String, String> properties, ChosenSettings settings) {
        List<String> problems = new ArrayList<>();
        ChosenSettings read = settings;
        for (Entry<String, String> property : new TreeMap<>(properties).entrySet()) {
            String text = requireNonNull(property.getValue(), property.getKey());
            Setting<?> setting = find(property.getKey());
            if (setting == null) {
                problems.add(unknown(property.getKey()));
                continue;
            }
            try {
                read = with(read, setting, text);
            } catch (IllegalArgumentException e) {
                problems.add(setting.name() + " " + e.getMessage());
            }
        }
        return new SettingProperties(read, problems);
    }

    private static <T> ChosenSettings with(ChosenSettings settings, Setting<T> setting, String text) {
        return settings.with(setting, setting.kind().read(text));
    }

    private static @Nullable Setting<?> find(String key) {
        return Settings.ALL.stream()
                .filter(setting -> setting.name().equals(key))
                .findFirst()
                .orElse(null);
    }

    private static String unknown(String key) {
        String wanted = letters(key);
        String nearest = "";
        int fewest = Math.min(MOST_SLIPS, wanted.length() / 2) + 1;
        for (Setting<?> setting : Settings.ALL) {
            int slips = slips(wanted, letters(setting.name()));
            if (slips < fewest) {
                fewest = slips;
                nearest = setting.name();
            }
        }
        return "there is no setting '" + key + "'" + (nearest.isEmpty() ? "" : "; did you mean '" + nearest + "'?");
    }

    /** Other configurations write read-timeout, read.timeout, READ_TIMEOUT. */
    private static String letters(String key) {
        return key.replaceAll("[^A-Za-z0-9]", "").toLowerCase(Locale.ROOT);
    }

    /** How many letters have to be added, dropped or changed to make one word of the other (Levenshtein). */
    private static int slips(String one, String other) {
        int[] row = new int[other.length() + 1];
        for (int k = 0; k < row.length; k++) {
            row[k] = k;
        }
        for (int i = 1; i <= one.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int k = 1; k < row.length; k++) {
                int changed = diagonal + (one.charAt(i - 1) == other.charAt(k - 1) ? 0 : 1);
                diagonal = row[k];
                row[k] = Math.min(changed, 1 + Math.min(row[k], row[k - 1]));
            }
        }
        return row[other.length()];
    }
}
