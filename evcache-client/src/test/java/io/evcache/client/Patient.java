package io.evcache.client;

import java.time.Duration;

/** Clients for tests of what is answered, not of when: a machine that stands still for seconds makes no read a miss and no write a failure. */
public final class Patient {
    /** More than any answer takes, less than a test may. */
    public static final Duration TIMEOUT = Duration.ofSeconds(30);

    private Patient() {}

    public static EvCacheClient connect(String zones) {
        return EvCacheClient.connect(builder(zones).build());
    }

    public static EvCacheClient connect(String zones, String localZone) {
        return EvCacheClient.connect(builder(zones).localZone(localZone).build());
    }

    private static EvCacheConfig.Builder builder(String zones) {
        return EvCacheConfig.builder(zones).readTimeout(TIMEOUT).writeTimeout(TIMEOUT);
    }
}
