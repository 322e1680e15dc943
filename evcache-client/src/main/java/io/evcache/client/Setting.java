package io.evcache.client;

/**
 * The definition of one thing that can be configured. The builder, its checks and what is written about it all go by this.
 *
 * @param name as in the builder
 * @param kind what it may be
 * @param initial what it is unless said
 * @param initially the same for people to read
 * @param meaning one sentence or two, without the range and the default
 * @param <T> the type of the value
 */
record Setting<T>(String name, SettingKind<T> kind, T initial, String initially, String meaning) {

    /** Returns the setting whose default reads as its value does. */
    static <T> Setting<T> of(String name, SettingKind<T> kind, T initial, String meaning) {
        return new Setting<>(name, kind, initial, kind.text().apply(initial), meaning);
    }

    /** Returns this with a default that depends on something, and so has to be explained. */
    Setting<T> initially(String explained) {
        return new Setting<>(name, kind, initial, explained, meaning);
    }
}
