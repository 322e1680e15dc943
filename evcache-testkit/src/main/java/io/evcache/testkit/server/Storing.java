package io.evcache.testkit.server;

import io.evcache.testkit.server.StoreRequest.Mode;
import io.evcache.testkit.server.StoreRequest.Outcome;
import org.jspecify.annotations.Nullable;

/** Decides whether a complete storage request is stored, and stores it. Guarded by the store's monitor. */
final class Storing {
    private final ItemStore store;

    Storing(ItemStore store) {
        this.store = store;
    }

    Outcome store(StoreRequest request) {
        store.count(Counter.CMD_SET);
        request.storedBytes = request.value.length;
        StoredItem old = store.find(request.keySource, request.keyOffset, request.keyLength);
        return old == null ? storeMissing(request) : storeOver(request, old);
    }

    /** A value over the limit was sent: what was stored before must not survive as if it were current. */
    void discard(StoreRequest request) {
        store.count(Counter.STORE_TOO_LARGE);
        StoredItem old = store.find(request.keySource, request.keyOffset, request.keyLength);
        if (old != null) {
            store.unlink(old);
        }
    }

    private Outcome storeMissing(StoreRequest request) {
        switch (request.mode) {
            case SET, ADD -> {
                return link(request, request.value, null);
            }
            case CAS -> {
                store.count(Counter.CAS_MISSES);
                return Outcome.NOT_FOUND;
            }
            case APPEND, PREPEND -> {
                if (!request.vivify) {
                    return Outcome.NOT_STORED;
                }
                request.expiry = request.vivifyExpiry;
                return link(request, request.value, null);
            }
            case REPLACE -> {
                return Outcome.NOT_STORED;
            }
        }
        throw new IllegalStateException("mode " + request.mode);
    }

    private Outcome storeOver(StoreRequest request, StoredItem old) {
        boolean matches = request.compareCas == old.cas;
        switch (request.mode) {
            case ADD -> {
                store.refresh(old);
                return Outcome.NOT_STORED;
            }
            case CAS -> {
                return compareAndStore(request, old, matches);
            }
            case APPEND, PREPEND -> {
                if (request.compareCas != 0 && !matches) {
                    return Outcome.EXISTS;
                }
                return join(request, old);
            }
            case SET, REPLACE -> {
                return link(request, request.value, null);
            }
        }
        throw new IllegalStateException("mode " + request.mode);
    }

    private Outcome compareAndStore(StoreRequest request, StoredItem old, boolean matches) {
        boolean older = request.compareCas != 0 && Long.compareUnsigned(request.compareCas, old.cas) < 0;
        if (matches) {
            store.count(Counter.CAS_HITS);
            return link(request, request.value, null);
        }
        if (request.invalidate && older) {
            store.count(Counter.CAS_HITS);
            request.expiry = old.expiry;
            Outcome outcome = link(request, request.value, null);
            StoredItem stored = store.find(request.keySource, request.keyOffset, request.keyLength);
            if (stored != null) {
                stored.stale = true;
                stored.winTokenSent = old.winTokenSent;
            }
            return outcome;
        }
        store.count(Counter.CAS_BADVAL);
        return Outcome.EXISTS;
    }

    private Outcome join(StoreRequest request, StoredItem old) {
        int length = old.value.length + request.value.length;
        if (!store.fits(request.keyLength, old.flags, length)) {
            return Outcome.NOT_STORED;
        }
        byte[] first = request.mode == Mode.APPEND ? old.value : request.value;
        byte[] second = request.mode == Mode.APPEND ? request.value : old.value;
        byte[] joined = new byte[length];
        System.arraycopy(first, 0, joined, 0, first.length);
        System.arraycopy(second, 0, joined, first.length, second.length);
        return link(request, joined, old);
    }

    /** Links a new item; with {@code inherit}, its flags and expiry are those of the item it grew from. */
    private Outcome link(StoreRequest request, byte[] value, @Nullable StoredItem inherit) {
        ItemKey key = ItemKey.copyOf(request.keySource, request.keyOffset, request.keyLength);
        StoredItem item = new StoredItem(key, request.binaryKey, value);
        item.flags = inherit == null ? request.flags : inherit.flags;
        item.expiry = inherit == null ? request.expiry : inherit.expiry;
        item.cas = request.newCas == 0 ? store.nextCas() : request.newCas;
        store.link(item);
        request.storedCas = item.cas;
        request.storedBytes = value.length;
        return Outcome.STORED;
    }
}
