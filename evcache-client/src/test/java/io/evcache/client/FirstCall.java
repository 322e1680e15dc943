package io.evcache.client;

import java.time.Duration;

/** What a fresh JVM does first: connects, reads, writes; prints how the first calls ended and how long they took. Run by {@link FirstCallIT} in a JVM of its own. */
final class FirstCall {
    private FirstCall() {}

    public static void main(String[] arguments) {
        try (EvCacheClient client = EvCacheClient.connect(config(arguments[0]))) {
            EvCache<String> cache = client.cache("first");
            long start = System.nanoTime();
            GetResult<String> read = cache.lookup("k");
            long afterRead = System.nanoTime();
            boolean written = cache.set("k", "v");
            long afterWrite = System.nanoTime();
            String value = cache.get("k");
            System.out.println("read " + read.status() + " " + (afterRead - start) / 1_000 + " us, written " + written
                    + " " + (afterWrite - afterRead) / 1_000 + " us, then " + value);
        }
    }

    /** Has the patience of a machine on which other tests run: five times the default timeouts, and as long as it takes to connect. */
    private static EvCacheConfig config(String zones) {
        return EvCacheConfig.builder(zones)
                .connectTimeout(Duration.ofSeconds(30))
                .readTimeout(Duration.ofMillis(250))
                .writeTimeout(Duration.ofMillis(1_250))
                .build();
    }
}
