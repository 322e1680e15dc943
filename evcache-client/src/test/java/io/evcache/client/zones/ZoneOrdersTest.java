package io.evcache.client.zones;

import static org.assertj.core.api.Assertions.assertThat;

import io.evcache.client.pipeline.Read;
import io.evcache.client.pipeline.ReadPolicy;
import io.evcache.core.command.Get;
import io.evcache.core.command.Lookup;
import io.evcache.core.error.NodeUnavailable;
import io.evcache.core.error.NodeUnavailable.Reason;
import io.evcache.core.key.Key;
import io.evcache.core.time.Deadline;
import io.evcache.core.topology.ZoneMode;
import io.evcache.core.zone.ClusterView;
import io.evcache.core.zone.ZoneRoute;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ZoneOrdersTest {
    private static final Duration INTERVAL = Duration.ofNanos(Proximity.INTERVAL_NANOS);

    private final MovedTicker ticker = new MovedTicker();
    private final FakeZone a = new FakeZone("a");
    private final FakeZone b = new FakeZone("b");
    private final FakeZone c = new FakeZone("c");
    private final ZoneOrders orders = new ZoneOrders("b", new Backfill(ticker, 1_000), new Proximity(ticker));
    private final ClusterView abc = view(a, b, c);

    @Test
    void namedZonesComeFirstAndTheOthersAfterThem() {
        assertThat(names(ReadPolicy.startingWith(List.of("c", "nowhere")), abc)).containsExactly("c", "b", "a");
        assertThat(names(ReadPolicy.startingWith(List.of("a")), abc)).containsExactly("a", "b", "c");
        assertThat(names(ReadPolicy.inOrder(List.of("c", "nowhere", "a")), abc)).containsExactly("c", "a");
    }

    @Test
    void zonesThatAreDrainingAreAskedLastUnlessExactlyTheyAreAskedFor() {
        ClusterView view = view(new FakeZone("b", ZoneMode.DRAINING), a, c);

        assertThat(names(ReadPolicy.LOCAL_FIRST, view)).containsExactly("a", "c", "b");
        assertThat(names(ReadPolicy.FASTEST_FIRST, view)).containsExactly("a", "c", "b");
        assertThat(names(ReadPolicy.startingWith(List.of("b", "c")), view)).containsExactly("c", "a", "b");
        assertThat(names(ReadPolicy.inOrder(List.of("b", "c")), view)).containsExactly("b", "c");
    }

    @Test
    void orderIsWorkedOutOncePerTopologyAndPolicy() {
        ReadPolicy named = ReadPolicy.startingWith(List.of("c"));

        assertThat(orders.of(read(named), abc)).isSameAs(orders.of(read(named.withoutBackfill()), abc));
        assertThat(orders.of(read(ReadPolicy.LOCAL_FIRST), abc)).isSameAs(orders.of(read(ReadPolicy.LOCAL_FIRST), abc));
        assertThat(names(named, view(c, a))).containsExactly("c", "a");
        assertThat(names(ReadPolicy.LOCAL_FIRST, view(c, a))).containsExactly("c", "a");
    }

    @Test
    void nothingIsMeasuredUnlessAPolicyAsksForIt() {
        names(ReadPolicy.LOCAL_FIRST, abc);
        names(ReadPolicy.startingWith(List.of("a")), abc);

        assertThat(Stream.of(a, b, c)).allSatisfy(zone -> assertThat(zone.sent).isEmpty());
    }

    @Test
    void localZoneIsTheFirstUntilSomethingIsMeasured() {
        assertThat(names(ReadPolicy.FASTEST_FIRST, abc)).containsExactly("b", "a", "c");
    }

    @Test
    void zoneThatAnswersClearlySoonerMovesToTheFront() {
        measure(Map.of("b", 4, "a", 5, "c", 1));

        assertThat(measure(Map.of("b", 4, "a", 5, "c", 1))).containsExactly("c", "b", "a");
    }

    /** Neighbours alone were compared, and a zone that took twice as long as another was read first for ever: none was clearly nearer than the one before it. */
    @Test
    void zoneMovesAheadOfOneThatIsClearlySlowerWhateverStandsBetweenThem() {
        measure(Map.of("b", 100, "a", 78, "c", 60));

        assertThat(measure(Map.of("b", 100, "a", 78, "c", 60))).containsExactly("c", "b", "a");
    }

    @Test
    void smallDifferencesDoNotChangeTheOrder() {
        for (int i = 0; i < 20; i++) {
            Map<String, Integer> millis =
                    i % 2 == 0 ? Map.of("b", 10, "a", 8, "c", 9) : Map.of("b", 8, "a", 10, "c", 9);

            assertThat(measure(millis)).containsExactly("b", "a", "c");
        }
    }

    @Test
    void onePauseDoesNotMoveAZone() {
        for (int i = 0; i < 20; i++) {
            measure(Map.of("b", 10, "a", 10, "c", 10));
        }

        measure(Map.of("b", 25, "a", 10, "c", 10));

        assertThat(measure(Map.of("b", 10, "a", 10, "c", 10))).containsExactly("b", "a", "c");
    }

    @Test
    void zoneThatFailsAtOnceIsNotTheNearest() {
        for (int i = 0; i < 20; i++) {
            b.willAnswer(Lookup.Miss.PLAIN);
            c.willAnswer(Lookup.Miss.PLAIN);
            a.willFail(new NodeUnavailable(Reason.NOT_CONNECTED, "down", null));
            names(ReadPolicy.FASTEST_FIRST, abc);
            ticker.advance(INTERVAL);
        }

        assertThat(names(ReadPolicy.FASTEST_FIRST, abc)).endsWith("a");
    }

    @Test
    void zoneThatHasBecomeSlowIsLeftWithinSeconds() {
        measure(Map.of("b", 1, "a", 2, "c", 3));
        assertThat(measure(Map.of("b", 50, "a", 2, "c", 3))).startsWith("b");

        for (int i = 0; i < 5; i++) {
            measure(Map.of("b", 50, "a", 2, "c", 3));
        }

        assertThat(measure(Map.of("b", 50, "a", 2, "c", 3))).startsWith("a");
    }

    @Test
    void zonesAreMeasuredTwicePerSecondHoweverManyReadsThereAre() {
        for (int i = 0; i < 100; i++) {
            names(ReadPolicy.FASTEST_FIRST, abc);
        }

        assertThat(Stream.of(a, b, c)).allSatisfy(zone -> {
            assertThat(zone.sent).hasSize(1);
            assertThat(zone.lastGet().wants().bump()).isFalse();
        });
        ticker.advance(INTERVAL);
        names(ReadPolicy.FASTEST_FIRST, abc);
        assertThat(a.sent).hasSize(2);
    }

    @Test
    void measuredOrderSurvivesAChangeOfTheTopologyAndHasOnlyItsZones() {
        measure(Map.of("b", 9, "a", 9, "c", 1));
        FakeZone filling = new FakeZone("b", ZoneMode.WRITE_ONLY);
        ClusterView changed = view(a, filling, c);

        names(ReadPolicy.FASTEST_FIRST, changed);
        ticker.advance(INTERVAL);

        assertThat(names(ReadPolicy.FASTEST_FIRST, changed)).containsExactly("c", "a");
    }

    /** One measurement: every zone answers after so many milliseconds. Returns the order in force until then, which follows from the measurements before. */
    private List<String> measure(Map<String, Integer> millis) {
        ticker.advance(INTERVAL);
        List<String> inForce = names(ReadPolicy.FASTEST_FIRST, abc);
        int now = 0;
        for (Map.Entry<String, Integer> next :
                millis.entrySet().stream().sorted(Map.Entry.comparingByValue()).toList()) {
            ticker.advance(Duration.ofMillis(next.getValue() - now));
            now = next.getValue();
            zone(next.getKey()).answer(Lookup.Miss.PLAIN);
        }
        return inForce;
    }

    private FakeZone zone(String name) {
        return name.equals("a") ? a : name.equals("b") ? b : c;
    }

    private List<String> names(ReadPolicy policy, ClusterView view) {
        return Stream.of(orders.of(read(policy), view).zones)
                .map(ZoneRoute::name)
                .toList();
    }

    private Read read(ReadPolicy policy) {
        return new Read("cache", Get.of(Key.of("k")), policy, Deadline.after(Duration.ofMillis(100), ticker));
    }

    private static ClusterView view(FakeZone... zones) {
        return new ClusterView(Stream.of(zones).map(FakeZone::route).toList());
    }
}
