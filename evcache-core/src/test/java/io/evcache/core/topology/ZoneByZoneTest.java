package io.evcache.core.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ZoneByZoneTest {
    private final Map<String, List<NodeAddress>> registry = new HashMap<>();
    private final List<Exception> failures = new ArrayList<>();
    private final ZoneByZone source = new ZoneByZone(List.of("a", "b"), zone -> registry.getOrDefault(zone, List.of()));

    @Test
    void nodesAreSortedAndCountOnce() throws Exception {
        NodeAddress one = new NodeAddress("h1", 1);
        NodeAddress two = new NodeAddress("h2", 1);
        registry.put("a", List.of(two, one, two));
        registry.put("b", List.of(new NodeAddress("h3", 1)));

        assertThat(source.read(failures::add).zone("a").orElseThrow().nodes()).containsExactly(one, two);
        assertThat(failures).isEmpty();
    }

    @Test
    void zoneThatSaysThereAreNoNodesKeepsThem() throws Exception {
        registry.put("a", List.of(new NodeAddress("h1", 1)));
        registry.put("b", List.of(new NodeAddress("h2", 1)));
        Topology before = source.read(failures::add);

        registry.put("b", List.of());

        assertThat(source.read(failures::add)).isEqualTo(before);
        assertThat(failures).singleElement().asString().contains("zone 'b' has no nodes");
    }

    @Test
    void sourceWithoutAnyAnswerFails() {
        assertThatThrownBy(() -> source.read(failures::add)).hasMessage("zone 'a' has no nodes");
        assertThat(failures).isEmpty();
    }
}
