package io.evcache.testkit;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What an extension runs while a test class does. JUnit reports nested classes as classes of their own: only the
 * outermost one starts and closes. Guarded by this.
 */
final class Running<T extends AutoCloseable> {
    private final String owner;
    private final Supplier<T> start;
    private @Nullable T resource;
    private int depth;

    Running(String owner, Supplier<T> start) {
        this.owner = owner;
        this.start = start;
    }

    synchronized void enter() {
        if (depth == 0) {
            resource = start.get();
        }
        depth++;
    }

    synchronized T get() {
        T running = resource;
        if (running == null) {
            throw new IllegalStateException(
                    owner + " is not running: register it in a static field and use it within tests");
        }
        return running;
    }

    synchronized void leave() {
        depth--;
        T running = resource;
        if (depth > 0 || running == null) {
            return;
        }
        resource = null;
        try {
            running.close();
        } catch (Exception e) {
            throw new IllegalStateException(owner + " did not close", e);
        }
    }
}
