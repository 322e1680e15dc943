package io.evcache.replication.app;

import io.evcache.client.EvCacheConfig;
import io.evcache.core.ring.RingDialect;
import io.evcache.core.tls.Tls;
import java.time.Duration;
import java.util.Optional;

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
        String together = settings.text("keep.together.before", "");
        int maxValueBytes = settings.number("max.value.bytes", NOWHERE.maxValueBytes(), 1, 2 << 20);
        int chunkBytes = settings.number("big.values.chunk.bytes", maxValueBytes, 1, 2 << 20);
        int bigBytes = settings.number("big.values.max.bytes", 0, 0, 1 << 30);
        Optional<Tls> tls = settings.optional("zones.tls", Tls::parse);
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
            tls.ifPresent(builder::tls);
            if (!local.isEmpty()) {
                builder.localZone(local);
            }
            if (!together.isEmpty()) {
                builder.keepTogetherBefore(together);
            }
            if (bigBytes > 0) {
                builder.bigValues(chunkBytes, bigBytes);
            }
            return builder.build();
        });
    }
}
