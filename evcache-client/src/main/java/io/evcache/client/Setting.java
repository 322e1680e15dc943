package io.evcache.client;

/**
 * The definition of one thing that can be configured. The builder, its checks, {@link EvCacheConfig#fromProperties} and the reference page all go by this.
 *
 * @param name as in the builder, and the key of the property
 * @param kind what it may be
 * @param initial what it is unless said
 * @param initially the same for people to read
 * @param isLive whether a running client can change it
 * @param meaning one sentence or two, without the range and the default
 * @param <T> the type of the value
 */
record Setting<T>(String name, SettingKind<T> kind, T initial, String initially, boolean isLive, String meaning) {

    /** Returns a setting that is fixed once a client runs, and whose default reads as its value does. */
    static <T> Setting<T> of(String name, SettingKind<T> kind, T initial, String meaning) {
        return new Setting<>(name, kind, initial, kind.text(initial), false, meaning);
    }

    /** Returns this with a default that depends on something, and so has to be explained. */
    Setting<T> initially(String explained) {
        return new Setting<>(name, kind, initial, explained, isLive, meaning);
    }

    /** Returns this as something that a running client can change. */
    Setting<T> live() {
        return new Setting<>(name, kind, initial, initially, true, meaning);
    }
}
