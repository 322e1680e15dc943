package io.evcache.client;

/** What a fresh JVM does first: connects, reads, writes; prints how the first calls ended and how long they took. Run by {@link FirstCallIT} in a JVM of its own. */
final class FirstCall {
    private FirstCall() {}

    public static void main(String[] arguments) {
        try (EvCacheClient client = EvCacheClient.connect(arguments[0])) {
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
}
