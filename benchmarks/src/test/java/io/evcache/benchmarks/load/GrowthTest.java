package io.evcache.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class GrowthTest {
    private final Results results = new Results();

    @Test
    void costThatFallsWithEachStepMeetsTheGoal() {
        cpuMicros("get-100", 80);
        cpuMicros("get-8-threads", 20);
        cpuMicros("get-64-threads", 10);

        assertThat(Growth.tables(results)).contains("| 80.00 ± 0 % | 20.00 ± 0 % | 10.00 ± 0 % | 0.50 | ≤ 1.00");
    }

    @Test
    void oneStepThatRisesMissesTheGoalHoweverFarTheOthersFall() {
        cpuMicros("get-100", 80);
        cpuMicros("get-8-threads", 10);
        cpuMicros("get-64-threads", 11);

        assertThat(Growth.tables(results)).contains("| **1.10** | ≤ 1.00");
    }

    @Test
    void moreNodesAreComparedWithTheFewest() {
        cpuMicros("nodes-3", 100);
        cpuMicros("nodes-30", 110);
        cpuMicros("nodes-300", 120);

        assertThat(Growth.tables(results)).contains("| **1.20** | ≤ 1.15 × the first");
    }

    /** The machine is another one from round to round, and the same for all scenarios of one. */
    @Test
    void stepsAreThoseOfTheRounds() {
        for (int machine : new int[] {100, 130, 160}) {
            cpuMicros("nodes-3", machine);
            cpuMicros("nodes-30", machine);
        }
        cpuMicros("nodes-300", 110);
        cpuMicros("nodes-300", 130);
        cpuMicros("nodes-300", 200);

        assertThat(Growth.tables(results)).contains("| 130.00 ± 23 % | 130.00 ± 23 % | 130.00 ± 35 % | 1.10 | ≤ 1.15");
    }

    @Test
    void growthWithoutAllItsFiguresIsLeftOut() {
        cpuMicros("get-100", 80);
        cpuMicros("get-8-threads", 20);

        assertThat(Growth.tables(results)).isEmpty();
    }

    @Test
    void idleCostOverItsBoundIsInBold() {
        Idle idle = new Idle(1_000, 2, 10_000_000_000L, 200_000_000L, 60 << 20, 5 << 20, 1 << 20);

        assertThat(Idle.parse(idle.line())).isEqualTo(idle);
        assertThat(Idle.table(List.of(idle)))
                .contains("1,000 nodes × 2 connections, nothing asked for 10 s")
                .contains("| processor time, % of a core | **2.00** | ≤ 1 |")
                .contains("| memory, MiB | **66.00** | ≤ 64 |");
    }

    private void cpuMicros(String scenario, long micros) {
        results.add(Scenario.named(scenario), Entry.CLIENT, new Measured(1, 1_000, 1, 1, 1, micros * 1_000, 0, 0, 0));
    }
}
