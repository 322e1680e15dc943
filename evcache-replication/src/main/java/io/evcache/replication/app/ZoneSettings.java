package io.evcache.replication.app;

import io.evcache.client.EvCacheConfig;
import io.evcache.core.ring.RingDialect;
import java.time.Duration;

/** The region's own zones, the same for both programs. */
final class ZoneSettings {
    private static final EvCacheConfig NOWHERE = EvCacheConfig.parse("none=127.0.0.1:1");

    private ZoneSettings() {}

    static EvCacheConfig read(Settings settings, String name) {
        String region = settings.required("region");
        String zones = settings.required("zones");
        String local = settings.text("local.zone", "");
        Duration readTimeout = settings.duration("read.timeout", Duration.ofMillis(500));
        Duration writeTimeout = settings.duration("write.timeout", Duration.ofSeconds(1));
        RingDialect dialect = settings.oneOf("ring.dialect", RingDialect.LIBMEMCACHED);
        int maxValueBytes = settings.number("max.value.bytes", NOWHERE.maxValueBytes(), 1, 2 << 20);
        if (region.isEmpty() || zones.isEmpty()) {
            return NOWHERE; // what is missing has been noted
        }
        return settings.build(NOWHERE, s -> {
            EvCacheConfig.Builder builder = EvCacheConfig.builder(zones)
                    .name(name)
                    .region(region)
                    .readTimeout(readTimeout)
                    .writeTimeout(writeTimeout)
                    .ringDialect(dialect)
                    .maxValueBytes(maxValueBytes);
            return (local.isEmpty() ? builder : builder.localZone(local)).build();
        });
    }
}
