package io.evcache.client;

import static java.util.Objects.requireNonNull;

import io.evcache.client.pipeline.ReadPolicy;
import io.evcache.client.pipeline.WritePolicy;
import io.evcache.core.topology.ZoneMode;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a running client can change, as one snapshot: once an update has returned, what is sent goes by it. Immutable: each method that sets something returns changed settings, to be chained inside
 * {@link EvCacheClient#update}.
 */
public final class LiveSettings {
    private final ChosenSettings settings;
    private final Map<String, ZoneMode> zoneModes;
    private final Map<String, CacheMode> cacheModes;

    private LiveSettings(ChosenSettings settings, Map<String, ZoneMode> zoneModes, Map<String, CacheMode> cacheModes) {
        this.settings = settings;
        this.zoneModes = Map.copyOf(zoneModes);
        this.cacheModes = Map.copyOf(cacheModes);
    }

    static LiveSettings of(ChosenSettings settings) {
        return new LiveSettings(settings, Map.of(), Map.of());
    }

    /** Sets how long a read may take in all: more than zero, at most an hour. */
    public LiveSettings readTimeout(Duration timeout) {
        return with(Settings.READ_TIMEOUT, timeout);
    }

    /** Returns how long a read may take in all. */
    public Duration readTimeout() {
        return settings.get(Settings.READ_TIMEOUT);
    }

    /** Sets how long a write may take until it is decided: more than zero, at most an hour. */
    public LiveSettings writeTimeout(Duration timeout) {
        return with(Settings.WRITE_TIMEOUT, timeout);
    }

    /** Returns how long a write may take until it is decided. */
    public Duration writeTimeout() {
        return settings.get(Settings.WRITE_TIMEOUT);
    }

    /** Sets which zones are read, in caches that chose no policy of their own. */
    public LiveSettings readPolicy(ReadPolicy policy) {
        return with(Settings.READ_POLICY, policy);
    }

    /** Returns the read policy of caches that chose none. */
    public ReadPolicy readPolicy() {
        return settings.get(Settings.READ_POLICY);
    }

    /** Sets how many zones must have taken a write, in caches that chose no policy of their own. */
    public LiveSettings writePolicy(WritePolicy policy) {
        return with(Settings.WRITE_POLICY, policy);
    }

    /** Returns the write policy of caches that chose none. */
    public WritePolicy writePolicy() {
        return settings.get(Settings.WRITE_POLICY);
    }

    /** Sets the mode of a zone that exists, whatever the configuration or the provider says of it, now and later. One zone at least must stay {@link ZoneMode#READ_WRITE}. */
    public LiveSettings zoneMode(String zone, ZoneMode mode) {
        Map<String, ZoneMode> modes = new HashMap<>(zoneModes);
        modes.put(requireNonNull(zone, "zone"), requireNonNull(mode, "mode"));
        return new LiveSettings(settings, modes, cacheModes);
    }

    /** Has the mode of a zone be what the configuration or the provider says again. */
    public LiveSettings zoneModeAsConfigured(String zone) {
        Map<String, ZoneMode> modes = new HashMap<>(zoneModes);
        modes.remove(requireNonNull(zone, "zone"));
        return new LiveSettings(settings, modes, cacheModes);
    }

    /** Returns the modes that were set by {@link #zoneMode}, by zone; all others are as configured. */
    public Map<String, ZoneMode> zoneModes() {
        return zoneModes;
    }

    /** Switches parts of a cache off, or on again: of every view of that name, the cache need not have been asked for yet. */
    public LiveSettings cacheMode(String cache, CacheMode mode) {
        Map<String, CacheMode> modes = new HashMap<>(cacheModes);
        requireNonNull(cache, "cache");
        if (requireNonNull(mode, "mode") == CacheMode.ON) {
            modes.remove(cache);
        } else {
            modes.put(cache, mode);
        }
        return new LiveSettings(settings, zoneModes, modes);
    }

    /** Returns what is switched off of the cache of this name; {@link CacheMode#ON} unless something was. */
    public CacheMode cacheMode(String cache) {
        return cacheModes.getOrDefault(requireNonNull(cache, "cache"), CacheMode.ON);
    }

    /** Returns the modes of all caches that are not simply {@link CacheMode#ON}, by name. */
    public Map<String, CacheMode> cacheModes() {
        return cacheModes;
    }

    List<String> problems() {
        return settings.problems();
    }

    private <T> LiveSettings with(Setting<T> setting, T value) {
        return new LiveSettings(settings.with(setting, requireNonNull(value, setting.name())), zoneModes, cacheModes);
    }

    @Override
    public String toString() {
        return "reads " + DurationText.write(readTimeout()) + " " + readPolicy() + ", writes "
                + DurationText.write(writeTimeout()) + " " + writePolicy() + ", zones " + zoneModes + ", caches "
                + cacheModes;
    }
}
