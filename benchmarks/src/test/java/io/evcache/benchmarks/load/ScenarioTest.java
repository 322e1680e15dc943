package io.evcache.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ScenarioTest {
    @Test
    void whatDiffersInTheNumberOfNodesOnlyIsMeasuredInTheSameRounds() {
        assertThat(Scenario.inCommonRounds(named(
                        "get-100", "get-1k", "zones-set", "nodes-3", "nodes-30", "nodes-async-3", "nodes-async-300")))
                .containsExactly(
                        named("get-100"),
                        named("get-1k"),
                        named("zones-set"),
                        named("nodes-3", "nodes-30"),
                        named("nodes-async-3", "nodes-async-300"));
    }

    private static List<Scenario> named(String... names) {
        return Stream.of(names).map(Scenario::named).toList();
    }
}
