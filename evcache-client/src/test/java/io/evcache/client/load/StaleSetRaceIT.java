package io.evcache.client.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.evcache.testkit.LocalMemcached.Version;
import io.evcache.testkit.LocalZonesExtension;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** With three zones of real memcached 1.6.18. */
class StaleSetRaceIT {
    private static final List<String> ZONES = List.of("a", "b", "c");

    @RegisterExtension
    final LocalZonesExtension zones = LocalZonesExtension.of(Version.DEBIAN_12, 1, "a", "b", "c");

    @Test
    void withLeasesNoZoneEverKeepsWhatIsOlderThanTheDatabase() {
        assertThat(stale(3_000, RacingWrappers::leased)).isZero();
    }

    @Test
    void whatIsUsuallyWrittenByHandLeavesOldValues() {
        assertThat(stale(200, RacingWrappers::plain)).isPositive();
    }

    @Test
    @Tag("slow")
    @Timeout(value = 1, unit = TimeUnit.HOURS) // for a busy machine; each wait in it has an end of its own
    void withLeasesNoneOfAHundredThousandWritesIsForgotten() {
        assertThat(stale(100_000, RacingWrappers::leased)).isZero();
    }

    private int stale(int rounds, StaleSetRace.Maker wrapper) {
        return StaleSetRace.run(zones.connectString(), ZONES, rounds, wrapper);
    }
}
