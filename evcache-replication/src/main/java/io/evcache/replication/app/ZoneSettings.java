package io.evcache.replication.app;

import io.evcache.client.EvCacheConfig;
import io.evcache.core.ring.RingDialect;
import io.evcache.core.tls.Tls;
import java.time.Duration;
import java.util.Optional;

/**
 * The region's own zones, the same for both programs.
 *
 * @param config as the file says
 * @param forReading takes longer values, so that they are seen to be too long: at one over a client's limit the connection ends, with all else that is asked there
 */
record ZoneSettings(EvCacheConfig config, EvCacheConfig forReading) {
    private static final EvCacheConfig NOWHERE = EvCacheConfig.parse("none=127.0.0.1:1");

    /** What a relay has in memory for a moment to skip it. Servers take items of up to 1 GiB, if they are told to. */
    private static final int LONGEST_READ_BYTES = 64 << 20;

    static ZoneSettings read(Settings settings, String name) {
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
            return new ZoneSettings(NOWHERE, NOWHERE); // what is missing has been noted
        }
        return settings.build(new ZoneSettings(NOWHERE, NOWHERE), s -> {
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
            EvCacheConfig config = builder.build();
            return new ZoneSettings(
                    config, builder.maxValueBytes(LONGEST_READ_BYTES).build());
        });
    }
}
