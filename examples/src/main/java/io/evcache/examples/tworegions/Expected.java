package io.evcache.examples.tworegions;

import io.evcache.client.EvCache;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What must be readable in one region: every key that the other region set, with the value that it set last. */
final class Expected {
    private static final int BATCH = 100;

    private final Map<String, String> values = new LinkedHashMap<>();

    void put(String key, String value) {
        values.put(key, value);
    }

    int size() {
        return values.size();
    }

    /** Returns how many keys with the prefix the cache does not answer, or not with the expected value. */
    int missingIn(EvCache<String> cache, String prefix) {
        int missing = 0;
        Map<String, String> batch = new LinkedHashMap<>();
        List<Map.Entry<String, String>> entries = new ArrayList<>(values.entrySet());
        for (Map.Entry<String, String> entry : entries) {
            if (entry.getKey().startsWith(prefix)) {
                batch.put(entry.getKey(), entry.getValue());
            }
            if (batch.size() == BATCH) {
                missing += missing(cache, batch);
                batch.clear();
            }
        }
        return missing + missing(cache, batch);
    }

    private static int missing(EvCache<String> cache, Map<String, String> batch) {
        Map<String, String> found = cache.getAll(batch.keySet());
        int missing = 0;
        for (Map.Entry<String, String> wanted : batch.entrySet()) {
            missing += wanted.getValue().equals(found.get(wanted.getKey())) ? 0 : 1;
        }
        return missing;
    }
}
