package io.evcache.examples.tworegions;

import static org.assertj.core.api.Assertions.assertThat;

import io.evcache.testkit.LocalMemcached;
import io.evcache.testkit.ServerRequirement;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The demonstration is a promise: it must hold on every machine that builds it. */
class TwoRegionsIT {

    @Test
    void everythingHoldsOnEmbeddedServers() {
        assertThat(TwoRegions.run(Options.parse())).isTrue();
    }

    @Test
    @Tag("slow")
    void everythingHoldsOnRealServers() {
        ServerRequirement.memcached(LocalMemcached.Version.DEBIAN_12);

        assertThat(TwoRegions.run(Options.parse("--memcached", "local"))).isTrue();
    }
}
