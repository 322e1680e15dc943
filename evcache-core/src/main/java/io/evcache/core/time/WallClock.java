package io.evcache.core.time;

/** The time of day, needed only where it leaves the process: absolute expiry times and versions. */
@FunctionalInterface
public interface WallClock {

    /** Returns milliseconds since 1970-01-01T00:00Z. May step in either direction. Called from any thread. */
    long millis();

    /** Returns the machine's clock. */
    static WallClock system() {
        return System::currentTimeMillis;
    }
}
