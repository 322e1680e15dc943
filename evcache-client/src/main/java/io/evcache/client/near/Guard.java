package io.evcache.client.near;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Knows whether a value may be kept that was asked for at a given moment: not if the key is being written, nor if it was written, or everything cleared, since then.
 *
 * <p>Moments are numbers that grow with each change. Keys share stripes, so a value is refused now and then for the write of another key, and never kept in spite of one. Thread-safe, without locks.
 */
final class Guard {
    /** With a thousand writes a second and reads of a millisecond, one value in four thousand is refused for another's write. A power of two; 48 KiB in all. */
    private static final int STRIPES = 4_096;

    private final AtomicLong now = new AtomicLong();
    private final AtomicLongArray changed = new AtomicLongArray(STRIPES);
    private final AtomicIntegerArray writing = new AtomicIntegerArray(STRIPES);
    private volatile long cleared;

    /** Returns the present moment; to be taken before the value is asked for. */
    long now() {
        return now.get();
    }

    /** A write begins; nothing is kept until it {@linkplain #endWrite ends}. */
    void beginWrite(String key) {
        writing.incrementAndGet(stripe(key));
        change(key);
    }

    void endWrite(String key) {
        change(key); // before the write is over: whoever finds it over finds the change, too
        writing.decrementAndGet(stripe(key));
    }

    /** The key has changed. */
    void change(String key) {
        long moment = now.incrementAndGet();
        changed.accumulateAndGet(stripe(key), moment, Math::max);
    }

    /** Everything may have changed. */
    void changeAll() {
        cleared = now.incrementAndGet();
    }

    /** Returns whether a value of the key that was asked for at this moment may be kept. */
    boolean allows(String key, long moment) {
        int stripe = stripe(key);
        return writing.get(stripe) == 0 && changed.get(stripe) <= moment && outlived(moment);
    }

    /** Returns whether a value that was asked for at this moment has not been cleared with all others. */
    boolean outlived(long moment) {
        return cleared <= moment;
    }

    private static int stripe(String key) {
        int hash = key.hashCode() * 0x9E3779B9; // neighbouring names have neighbouring hashes
        return hash >>> 20;
    }
}
