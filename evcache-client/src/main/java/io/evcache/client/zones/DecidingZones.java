package io.evcache.client.zones;

import io.evcache.core.key.Key;
import io.evcache.core.zone.ZoneRoute;
import java.util.ArrayList;
import java.util.List;

/**
 * Which of the zones decides about a key, where only one may. The same for every client that sees the same zones in normal service, wherever it runs and in whatever order it lists them: the name
 * whose hash together with the key's is the highest (rendezvous hashing). So each zone decides about its share of the keys, and a zone that comes or goes changes only the keys that it decides.
 */
final class DecidingZones {
    private final ZoneRoute[] zones;

    /** Indexes of the zones that may decide: those in normal service, or all if none is. */
    private final int[] candidates;

    private final long[] names;

    DecidingZones(ZoneRoute[] zones) {
        this.zones = zones;
        List<Integer> counted = new ArrayList<>();
        List<Integer> all = new ArrayList<>();
        for (int i = 0; i < zones.length; i++) {
            all.add(i);
            if (zones[i].isCounted()) {
                counted.add(i);
            }
        }
        this.candidates = (counted.isEmpty() ? all : counted)
                .stream().mapToInt(Integer::intValue).toArray();
        this.names = new long[candidates.length];
        for (int i = 0; i < names.length; i++) {
            names[i] = (long) zones[candidates[i]].name().hashCode() << Integer.SIZE;
        }
    }

    /** Returns the index of the zone that decides about the key; -1 if there is no zone at all. */
    int indexFor(Key key) {
        int chosen = -1;
        long highest = Long.MIN_VALUE;
        for (int i = 0; i < candidates.length; i++) {
            long rank = mixed(names[i] | Integer.toUnsignedLong(key.hashCode()));
            boolean wins = chosen < 0
                    || rank > highest
                    || (rank == highest && zones[candidates[i]].name().compareTo(zones[chosen].name()) > 0);
            if (wins) {
                chosen = candidates[i];
                highest = rank;
            }
        }
        return chosen;
    }

    /** Finaliser of MurmurHash3 by Austin Appleby, public domain. */
    private static long mixed(long bits) {
        long mixed = bits;
        mixed = (mixed ^ mixed >>> 33) * 0xFF51AFD7ED558CCDL;
        mixed = (mixed ^ mixed >>> 33) * 0xC4CEB9FE1A85EC53L;
        return mixed ^ mixed >>> 33;
    }
}
