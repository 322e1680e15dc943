package io.evcache.benchmarks.load;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A client under load: made by a constructor {@code (String protocol, List<Integer> ports)}, one loopback port per zone. Reads ask the first zone, writes go to all of them.
 *
 * <p>Keys are named by their index in the list that was last given to {@link #use}, so that a client whose keys are objects can make them before the clock starts. Thread-safe; lives as long as its JVM.
 */
public interface Contender {

    /** Returns what this client can do; nothing else is asked of it. */
    Set<Scenario.Kind> abilities();

    /** Returns another client like this one that spreads keys over nodes at these loopback ports, in one zone; empty if that is not asked of this contender. */
    default Optional<Contender> spread(List<Integer> nodePorts) {
        return Optional.empty();
    }

    /** Takes the keys that the next calls mean. Nothing runs meanwhile. */
    void use(List<String> keys);

    /** Returns the key that the server sees. */
    default String wireKey(String key) {
        return key;
    }

    /** Reads and waits; {@code null} is a miss. */
    default byte @Nullable [] get(int key) throws Exception {
        throw new UnsupportedOperationException();
    }

    /** Reads {@code count} keys in a row and waits. */
    default Map<String, byte[]> getAll(int from, int count) throws Exception {
        throw new UnsupportedOperationException();
    }

    /** Writes to every zone, and waits for all of them. Throws unless all have stored it. */
    default void set(int key, byte[] value) throws Exception {
        throw new UnsupportedOperationException();
    }

    /** Reads and tells {@code done}, on any thread. */
    default void get(int key, Completion done) throws Exception {
        throw new UnsupportedOperationException();
    }

    /** Writes to every zone and tells {@code done} once all have answered, on any thread. */
    default void set(int key, byte[] value, Completion done) throws Exception {
        throw new UnsupportedOperationException();
    }

    /** Is told how one asynchronous operation ended; exactly one of the two is called, once. */
    interface Completion {
        /** The answer: the value of a read ({@code null} is a miss), {@code null} of a write that every zone has stored. */
        void succeeded(byte @Nullable [] value);

        void failed(Throwable cause);
    }
}
