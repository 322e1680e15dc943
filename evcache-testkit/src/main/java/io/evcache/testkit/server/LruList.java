package io.evcache.testkit.server;

import org.jspecify.annotations.Nullable;

/** Items from the most to the least recently used. Guarded by the {@link ItemStore} that owns it. */
final class LruList {
    private @Nullable StoredItem newest;
    private @Nullable StoredItem oldest;

    void addNewest(StoredItem item) {
        item.older = newest;
        item.newer = null;
        if (newest == null) {
            oldest = item;
        } else {
            newest.newer = item;
        }
        newest = item;
    }

    void remove(StoredItem item) {
        StoredItem newer = item.newer;
        StoredItem older = item.older;
        if (newer == null) {
            newest = older;
        } else {
            newer.older = older;
        }
        if (older == null) {
            oldest = newer;
        } else {
            older.newer = newer;
        }
        item.newer = null;
        item.older = null;
    }

    void touch(StoredItem item) {
        if (item.newer != null) {
            remove(item);
            addNewest(item);
        }
    }

    @Nullable
    StoredItem oldest() {
        return oldest;
    }
}
