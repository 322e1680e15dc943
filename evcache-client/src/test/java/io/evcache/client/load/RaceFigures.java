package io.evcache.client.load;

import io.evcache.testkit.EmbeddedZones;
import java.util.List;

/** Prints how many old values each way of caching leaves in so many rounds: the figures of the decision page and the guide. */
final class RaceFigures {
    private RaceFigures() {}

    public static void main(String[] arguments) {
        int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 10_000;
        print("plain", rounds, RacingWrappers::plain);
        print("lease beside the item", rounds, RacingWrappers::shadowed);
        print("lease on the item", rounds, RacingWrappers::leased);
    }

    private static void print(String name, int rounds, StaleSetRace.Maker wrapper) {
        try (EmbeddedZones zones = EmbeddedZones.start(1, "a", "b", "c")) {
            long start = System.nanoTime();
            int stale = StaleSetRace.run(zones.connectString(), List.of("a", "b", "c"), rounds, wrapper);
            System.out.println(name + ": " + stale + " old values in 3 zones after " + rounds + " rounds, "
                    + (System.nanoTime() - start) / 1_000_000_000 + " s");
        }
    }
}
