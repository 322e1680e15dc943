package io.evcache.client.near;

import java.util.ArrayList;
import java.util.List;

/**
 * Until when what is kept may count on being told of others' writes: until the first of all open feeds lapses. A moment of the ticker, not a flag: a process that stood still finds it passed when it goes on, before
 * any thread could have cleared a flag.
 */
final class Feeds {
    private final List<NearCaches.Feed> open = new ArrayList<>(); // guarded by this

    private volatile boolean any;
    private volatile long fedUntil;

    boolean isFed(long now) {
        return any && fedUntil - now > 0;
    }

    synchronized void add(NearCaches.Feed feed) {
        open.add(feed);
        update();
    }

    synchronized void remove(NearCaches.Feed feed) {
        open.remove(feed);
        update();
    }

    synchronized void update() {
        boolean all = !open.isEmpty();
        long first = 0;
        for (NearCaches.Feed feed : open) {
            all &= feed.hasBegun();
            first = feed == open.get(0) || feed.until() - first < 0 ? feed.until() : first;
        }
        if (all) {
            fedUntil = first; // before it is looked at
        }
        any = all;
    }
}
