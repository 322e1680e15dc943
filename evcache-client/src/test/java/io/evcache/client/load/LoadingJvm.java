package io.evcache.client.load;

import io.evcache.client.EvCache;
import io.evcache.client.EvCacheClient;
import io.evcache.client.Patient;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * A program that loads: for each key that comes on standard input, 50 threads ask for it at the same moment. Prints {@code load KEY} for every query that it makes and {@code done KEY VALUES} when all have it. Run by {@link LeasesOverJvmsIT} in JVMs
 * of their own.
 */
final class LoadingJvm {
    private static final int THREADS = 50;
    private static final long QUERY_NANOS = 100_000_000;

    private LoadingJvm() {}

    /** Zones, the local zone, and whether there are leases. */
    public static void main(String[] arguments) throws Exception {
        try (EvCacheClient client = Patient.connect(arguments[0], arguments[1]);
                Callers callers = new Callers(THREADS)) {
            EvCache<String> cache = client.cache("jvms");
            CacheAsideBuilder<String, String> builder = CacheAside.over(cache, (String key) -> key)
                    .loader(LoadingJvm::query)
                    .loadTimeout(Duration.ofSeconds(60));
            boolean leases = Boolean.parseBoolean(arguments[2]);
            try (CacheAside<String, String> aside =
                    (leases ? builder.leases(Duration.ofSeconds(60), Duration.ofSeconds(50)) : builder).build()) {
                System.out.println("ready");
                BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
                for (String key = in.readLine(); key != null; key = in.readLine()) {
                    String asked = key;
                    long values = Callers.outcomes(callers.start(() -> aside.get(asked))).stream()
                            .filter(("value of " + key)::equals)
                            .count();
                    System.out.println("done " + key + " " + values);
                }
            }
        }
    }

    private static String query(String key) {
        System.out.println("load " + key);
        long end = System.nanoTime() + QUERY_NANOS;
        for (long left = QUERY_NANOS; left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
        return "value of " + key;
    }
}
