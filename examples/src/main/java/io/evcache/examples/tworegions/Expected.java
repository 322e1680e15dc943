package io.evcache.examples.tworegions;

import io.evcache.client.EvCache;
import io.evcache.client.GetResult;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What must be readable in one region: every key that the other region set, with the value that it set last. */
final class Expected {
    private static final int BATCH = 100;
    private static final int ATTEMPTS = 50;

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
            String value = found.get(wanted.getKey());
            boolean isThere = wanted.getValue().equals(value == null ? truth(cache, wanted.getKey()) : value);
            missing += isThere ? 0 : 1;
        }
        return missing;
    }

    /** A key that was not answered in time, on a busy machine, is not a key that is missing: asks until there is an answer. */
    private static @Nullable String truth(EvCache<String> cache, String key) {
        GetResult<String> result = cache.lookup(key);
        for (int i = 0; i < ATTEMPTS && result.cause() != null; i++) {
            result = cache.lookup(key);
        }
        return result.value();
    }
}
