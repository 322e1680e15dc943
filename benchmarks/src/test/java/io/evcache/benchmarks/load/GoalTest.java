package io.evcache.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GoalTest {
    private final Results results = new Results();

    @Test
    void figuresThatAreEqualAreShownToo() {
        opsPerSecond(Entry.TRANSPORT, 115);
        opsPerSecond(Entry.CLIENT, 115);
        opsPerSecond(Entry.XMEMCACHED, 100);

        assertThat(Goal.table(results))
                .contains("| get, one thread: ops ÷ best peer | 1.15 | ≥ 1.00 | 1.15 | ≥ 1.00 |");
    }

    @Test
    void whatMissesItsGoalIsInBoldAndWhatWasNotMeasuredIsLeftOut() {
        opsPerSecond(Entry.TRANSPORT, 90);
        opsPerSecond(Entry.XMEMCACHED, 100);

        assertThat(Goal.table(results))
                .contains("| get, one thread: ops ÷ best peer | **0.90** | ≥ 1.00 | – |  |")
                .doesNotContain("÷ EVCache");
    }

    private void opsPerSecond(Entry entry, long ops) {
        results.add(Scenario.named("get-100"), entry, new Measured(ops, 1_000_000_000, 1, 1, 1, 1, 0, 0, 0));
    }
}
