package io.evcache.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ResultsTest {
    private static final Scenario SCENARIO = Scenario.named("async-get-256");

    private final Results results = new Results();

    @Test
    void figureIsTheMedianOfTheRounds() {
        add(Entry.TRANSPORT, 900, 100, 500);

        assertThat(results.median(SCENARIO, Entry.TRANSPORT, Measured::opsPerSecond))
                .hasValue(500.0);
        assertThat(results.spread(SCENARIO, Entry.TRANSPORT, Measured::opsPerSecond))
                .isCloseTo(1.6, within(1e-9));
    }

    @Test
    void evenNumberOfRoundsGivesTheMiddleOfTheMiddleTwo() {
        add(Entry.TRANSPORT, 100, 400, 200, 300);

        assertThat(results.median(SCENARIO, Entry.TRANSPORT, Measured::opsPerSecond))
                .hasValue(250.0);
    }

    @Test
    void spreadOfManyRoundsLeavesOutTheOutermostQuarters() {
        add(Entry.TRANSPORT, 100, 9_000, 80, 90, 110, 120, 1, 100, 100);

        assertThat(results.spread(SCENARIO, Entry.TRANSPORT, Measured::opsPerSecond))
                .isCloseTo(0.2, within(1e-9));
    }

    @Test
    void ratioIsTakenWithinEachRound() {
        add(Entry.TRANSPORT, 300, 30, 600); // the second round was slow for both
        add(Entry.EVCACHE, 100, 10, 300);

        assertThat(results.ratio(SCENARIO, Entry.TRANSPORT, Entry.EVCACHE, Measured::opsPerSecond))
                .hasValue(3.0);
    }

    @Test
    void bestPeerIsNeitherOursNorAFloor() {
        add(Entry.TRANSPORT, 900);
        add(Entry.GENERATOR, 1_000);
        add(Entry.FOLSOM_BINARY, 500);
        add(Entry.EVCACHE, 300);

        assertThat(results.bestPeer(SCENARIO)).hasValue(Entry.FOLSOM_BINARY);
    }

    @Test
    void goalThatWasMissedIsInBold() {
        add(Entry.TRANSPORT, 2_600);
        add(Entry.CLIENT, 2_600);
        add(Entry.EVCACHE, 1_000);

        assertThat(Goal.table(results))
                .contains("| async get, 256: ops ÷ EVCache | **2.60** | ≥ 2.70 | 2.60 | ≥ 2.40 |")
                .doesNotContain("ops ÷ C");
    }

    @Test
    void scenariosAreListedInTheirOrderWhateverRanFirst() {
        Measured measured = new Measured(1, 1, 1, 1, 1, 1, 1, 1, 1);
        results.add(Scenario.named("nodes-3"), Entry.CLIENT, measured);
        results.add(Scenario.named("get-64-virtual"), Entry.CLIENT, measured);

        assertThat(results.scenarios()).extracting(Scenario::name).containsExactly("get-64-virtual", "nodes-3");
    }

    private void add(Entry entry, long... opsPerSecond) {
        for (long ops : opsPerSecond) {
            results.add(SCENARIO, entry, new Measured(ops, 1_000_000_000, 1, 2, 3, ops, ops, ops, ops));
        }
    }
}
