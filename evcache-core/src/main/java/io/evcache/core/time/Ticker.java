package io.evcache.core.time;

/** A monotonic clock in nanoseconds with an arbitrary origin. Deadlines and back-off use it, so wall-clock steps cannot hurt them. */
@FunctionalInterface
public interface Ticker {

    /** Returns nanoseconds since an arbitrary origin; compare by subtraction only. Called from any thread, several times per request. */
    long nanos();

    /** Returns the machine's monotonic clock. */
    static Ticker system() {
        return System::nanoTime;
    }
}
