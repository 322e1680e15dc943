package io.evcache.client.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.evcache.testkit.Capabilities;
import io.evcache.testkit.EmbeddedZones;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** With three embedded zones that behave as memcached 1.6.18. */
class StaleSetRaceTest {
    private static final List<String> ZONES = List.of("a", "b", "c");

    @Test
    void withLeasesNoZoneEverKeepsWhatIsOlderThanTheDatabase() {
        assertThat(stale(1_000, RacingWrappers::leased)).isZero();
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

    private static int stale(int rounds, StaleSetRace.Maker wrapper) {
        try (EmbeddedZones zones = EmbeddedZones.builder()
                .zones(1, "a", "b", "c")
                .capabilities(Capabilities.V1_6_18)
                .start()) {
            return StaleSetRace.run(zones.connectString(), ZONES, rounds, wrapper);
        }
    }
}
