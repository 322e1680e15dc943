package io.evcache.testkit.server;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The items of one server: look-up with expiry, the CAS sequence, the memory bound and its eviction. Pure data, no
 * network.
 *
 * <p>Everything here is guarded by this object's monitor. A connection takes it once per batch of requests, so a test
 * that looks inside never sees half a request.
 */
final class ItemStore {
    private final long maxItemBytes;
    private final long maxBytes;
    private final ServerClock clock;
    private final Map<ItemKey, StoredItem> items = new HashMap<>();
    private final LruList lru = new LruList();
    private final ItemKey probe = ItemKey.probe();
    private final long[] counters = new long[Counter.values().length];
    private long bytes;
    private long lastCas;
    /** Items stored up to this second are flushed once it has come; 0 when no delayed flush was asked for. */
    private long flushedUpTo;

    ItemStore(long maxItemBytes, long maxBytes, InstantSource source) {
        this.maxItemBytes = maxItemBytes;
        this.maxBytes = maxBytes;
        this.clock = new ServerClock(source);
    }

    ServerClock clock() {
        return clock;
    }

    void count(Counter counter) {
        counters[slot(counter)]++;
    }

    void count(Counter counter, long amount) {
        counters[slot(counter)] += amount;
    }

    long counted(Counter counter) {
        return counters[slot(counter)];
    }

    @SuppressWarnings("EnumOrdinal") // an index into an array that never leaves this object, counted per request
    private static int slot(Counter counter) {
        return counter.ordinal();
    }

    void resetCounters() {
        Arrays.fill(counters, 0);
    }

    long bytes() {
        return bytes;
    }

    int size() {
        return items.size();
    }

    long maxBytes() {
        return maxBytes;
    }

    long maxItemBytes() {
        return maxItemBytes;
    }

    long nextCas() {
        return ++lastCas;
    }

    boolean fits(int keyLength, int flags, int valueLength) {
        return StoredItem.bytes(keyLength, flags, valueLength) <= maxItemBytes;
    }

    /** The live item, or null; one that has expired or was flushed is removed on the way. Does not count as a use. */
    @Nullable
    StoredItem find(byte[] key, int offset, int length) {
        StoredItem item = items.get(probe.point(key, offset, length));
        if (item == null) {
            return null;
        }
        if (isFlushed(item)) {
            unlink(item);
            count(Counter.GET_FLUSHED);
            return null;
        }
        if (clock.isPast(item.expiry)) {
            unlink(item);
            count(Counter.GET_EXPIRED);
            return null;
        }
        return item;
    }

    /**
     * Counts a use. The access time moves at the second use only and then no more: the real server spares itself the
     * update for items that it already knows to be active.
     */
    void use(StoredItem item) {
        lru.touch(item);
        if (!item.fetched) {
            item.fetched = true;
        } else if (!item.active) {
            item.active = true;
            item.time = clock.now();
        }
    }

    /** Keeps the item from being evicted soon, without counting a use. */
    void refresh(StoredItem item) {
        lru.touch(item);
    }

    /** Keeps the item in place of any other of its key, and evicts the least recently used others if it must. */
    void link(StoredItem item) {
        StoredItem replaced = items.get(item.key);
        if (replaced != null) {
            unlink(replaced);
        }
        item.time = clock.now();
        items.put(item.key, item);
        lru.addNewest(item);
        bytes += item.bytes();
        count(Counter.TOTAL_ITEMS);
        evict(item);
    }

    void unlink(StoredItem item) {
        items.remove(item.key);
        lru.remove(item);
        bytes -= item.bytes();
    }

    private void evict(StoredItem kept) {
        StoredItem oldest = lru.oldest();
        while (bytes > maxBytes && oldest != null && oldest != kept) {
            boolean wasLive = !isFlushed(oldest) && !clock.isPast(oldest.expiry);
            unlink(oldest);
            if (wasLive) {
                count(Counter.EVICTIONS);
            }
            oldest = lru.oldest();
        }
    }

    /**
     * {@code flush_all}. Without a delay everything goes now; with one, what was stored until then goes when it is over.
     * Each call cancels the delayed one before it.
     *
     * @param delay as the protocol's expiry times; 0 is now
     */
    void flush(int delay) {
        long at = delay == 0 ? clock.now() : clock.expiry(delay);
        if (at <= clock.now()) {
            clear();
        } else {
            flushedUpTo = at - 1;
        }
    }

    private boolean isFlushed(StoredItem item) {
        return flushedUpTo != 0 && flushedUpTo <= clock.now() && item.time <= flushedUpTo;
    }

    /** Drops everything at once; a delayed flush before it has nothing more to do. */
    void clear() {
        flushedUpTo = 0;
        List.copyOf(items.values()).forEach(this::unlink);
    }

    /** All live items, in no particular order. */
    List<StoredItem> live() {
        List<StoredItem> live = new ArrayList<>();
        for (StoredItem item : items.values()) {
            if (!isFlushed(item) && !clock.isPast(item.expiry)) {
                live.add(item);
            }
        }
        return live;
    }
}
