package io.evcache.examples.tworegions;

import io.evcache.testkit.EmbeddedZones;
import io.evcache.testkit.LocalMemcached;
import io.evcache.testkit.LocalZones;
import io.evcache.testkit.MemcachedBinary;

/** The memcached servers of one region, inside this JVM or as processes of their own. */
interface Servers extends AutoCloseable {

    String connectString();

    /** Ends the zone's servers; what they held is lost. */
    void stopZone(String zone);

    void startZone(String zone);

    @Override
    void close();

    static Servers start(boolean real, int nodesPerZone, String... zones) {
        return real ? local(nodesPerZone, zones) : embedded(nodesPerZone, zones);
    }

    private static Servers embedded(int nodesPerZone, String... names) {
        EmbeddedZones zones = EmbeddedZones.start(nodesPerZone, names);
        return new Servers() {
            @Override
            public String connectString() {
                return zones.connectString();
            }

            @Override
            public void stopZone(String zone) {
                zones.stopZone(zone);
            }

            @Override
            public void startZone(String zone) {
                zones.startZone(zone);
            }

            @Override
            public void close() {
                zones.close();
            }
        };
    }

    private static Servers local(int nodesPerZone, String... names) {
        MemcachedBinary binary = LocalMemcached.find(LocalMemcached.Version.DEBIAN_12)
                .or(() -> LocalMemcached.find(LocalMemcached.Version.NEWEST))
                .orElseThrow(() -> new IllegalArgumentException(
                        "--memcached local needs a memcached: run dev/setup, or set MEMCACHED_BIN"));
        LocalZones zones = LocalZones.start(binary, nodesPerZone, names);
        return new Servers() {
            @Override
            public String connectString() {
                return zones.connectString();
            }

            @Override
            public void stopZone(String zone) {
                zones.stopZone(zone);
            }

            @Override
            public void startZone(String zone) {
                zones.startZone(zone);
            }

            @Override
            public void close() {
                zones.close();
            }
        };
    }
}
