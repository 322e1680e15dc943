package io.evcache.testkit.server;

import java.util.Arrays;

/**
 * Counters in place. A result that is not longer than the value keeps its length, padded with spaces: that is what the
 * real server does (unless an earlier, still unsent reply holds the old value), and why readers must trim. Guarded by the
 * store's monitor.
 */
final class Arithmetic {
    private final ItemStore store;

    Arithmetic(ItemStore store) {
        this.store = store;
    }

    /**
     * Adds (wrapping at 2^64) or subtracts (stopping at 0) and returns the new number. The value must be one
     * ({@link Decimal#isNumber}).
     *
     * @param newCas the CAS to give the item; 0 takes the server's next one
     */
    long apply(StoredItem item, long delta, boolean increment, long newCas) {
        long before = Decimal.parse(item.value);
        long after = increment ? before + delta : subtract(before, delta);
        byte[] digits = Decimal.bytes(after);
        long cas = newCas == 0 ? store.nextCas() : newCas;
        store.count(increment ? Counter.INCR_HITS : Counter.DECR_HITS);
        if (digits.length <= item.value.length) {
            byte[] padded = Arrays.copyOf(digits, item.value.length);
            Arrays.fill(padded, digits.length, padded.length, (byte) ' ');
            item.value = padded;
            item.cas = cas;
        } else {
            replace(item, digits, cas);
        }
        return after;
    }

    private static long subtract(long before, long delta) {
        return Long.compareUnsigned(delta, before) > 0 ? 0 : before - delta;
    }

    /**
     * A longer number needs a new item. What the command still does to the old one, such as a new expiry, is lost with it:
     * the real server does so.
     */
    private void replace(StoredItem old, byte[] value, long cas) {
        StoredItem item = new StoredItem(old.key, old.binaryKey, value);
        item.flags = old.flags;
        item.expiry = old.expiry;
        item.cas = cas;
        store.link(item);
        old.cas = cas;
    }
}
