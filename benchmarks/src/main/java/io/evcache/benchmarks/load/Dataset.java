package io.evcache.benchmarks.load;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Keys and the value that belongs to each. No two values are alike, nor do they recur under another seed, so whatever is not exactly the expected value is an error that shows. */
public final class Dataset {
    /** Small enough to stay in the processor's cache, so that the client is measured and not its memory. */
    private static final int KEYS = 1_000;

    private final List<String> keys;
    private final byte[][] values;

    private Dataset(List<String> keys, byte[][] values) {
        this.keys = keys;
        this.values = values;
    }

    /** Returns the values for a scenario; the same for the same seed. */
    static Dataset of(Scenario scenario, long seed) {
        String prefix = scenario.name() + ':';
        List<String> keys =
                IntStream.range(0, KEYS).mapToObj(i -> prefix + (10_000 + i)).toList();
        byte[][] values = new byte[KEYS][scenario.valueBytes()];
        SplittableRandom random = new SplittableRandom(seed);
        for (byte[] value : values) {
            random.nextBytes(value);
        }
        return new Dataset(keys, values);
    }

    List<String> keys() {
        return keys;
    }

    int size() {
        return keys.size();
    }

    byte[] value(int key) {
        return values[key];
    }

    /** Throws unless {@code got} is exactly the key's value. */
    void check(int key, byte @Nullable [] got) {
        if (!Arrays.equals(values[key], got)) {
            throw new WrongValue(
                    keys.get(key) + ": " + (got == null ? "a miss" : "a wrong value of " + got.length + " bytes"));
        }
    }

    /** A reply that is not what was stored. */
    static final class WrongValue extends RuntimeException {
        private static final long serialVersionUID = 1;

        WrongValue(String message) {
            super(message);
        }
    }
}
