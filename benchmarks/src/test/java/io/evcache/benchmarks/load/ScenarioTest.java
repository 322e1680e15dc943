package io.evcache.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ScenarioTest {
    @Test
    void whatDiffersInTheNumberOfNodesOrOfCallersOnlyIsMeasuredInTheSameRounds() {
        assertThat(Scenario.inCommonRounds(named(
                        "get-100",
                        "get-1k",
                        "get-8-threads",
                        "get-8-threads-apart",
                        "get-64-threads",
                        "get-64-virtual",
                        "get-64-threads-apart",
                        "async-get-256",
                        "async-get-1024",
                        "bulk-10",
                        "bulk-100",
                        "zones-set",
                        "nodes-3",
                        "nodes-30",
                        "nodes-async-3",
                        "nodes-async-300")))
                .containsExactly(
                        named("get-100", "get-8-threads", "get-64-threads"),
                        named("get-1k"),
                        named("get-8-threads-apart", "get-64-threads-apart"),
                        named("get-64-virtual"),
                        named("async-get-256"),
                        named("async-get-1024"),
                        named("bulk-10"),
                        named("bulk-100"),
                        named("zones-set"),
                        named("nodes-3", "nodes-30"),
                        named("nodes-async-3", "nodes-async-300"));
    }

    private static List<Scenario> named(String... names) {
        return Stream.of(names).map(Scenario::named).toList();
    }
}
