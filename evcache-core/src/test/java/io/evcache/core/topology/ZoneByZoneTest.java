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

    /** Each reading failed, for it found a server in two zones, and no change of any zone was seen again. */
    @Test
    void zoneThatIsAwayGivesUpAddressesThatAnotherOneHasNow() throws Exception {
        NodeAddress kept = new NodeAddress("10.0.0.1", 1);
        NodeAddress givenAway = new NodeAddress("10.0.0.2", 1);
        registry.put("a", List.of(kept, givenAway));
        registry.put("b", List.of(new NodeAddress("10.0.0.3", 1)));
        source.read(failures::add);

        registry.put("a", List.of());
        registry.put("b", List.of(givenAway));
        Topology now = source.read(failures::add);
        registry.put("b", List.of(new NodeAddress("10.0.0.4", 1)));
        Topology later = source.read(failures::add);

        assertThat(now.text()).isEqualTo("a=10.0.0.1:1;b=10.0.0.2:1");
        assertThat(later.text()).isEqualTo("a=10.0.0.1:1;b=10.0.0.4:1");
    }

    @Test
    void zoneThatIsAwayAndHasGivenUpAllIsLeftOut() throws Exception {
        NodeAddress only = new NodeAddress("10.0.0.1", 1);
        registry.put("a", List.of(only));
        registry.put("b", List.of(new NodeAddress("10.0.0.2", 1)));
        source.read(failures::add);

        registry.put("a", List.of());
        registry.put("b", List.of(only));

        assertThat(source.read(failures::add).text()).isEqualTo("b=10.0.0.1:1");
    }

    @Test
    void sourceWithoutAnyAnswerFails() {
        assertThatThrownBy(() -> source.read(failures::add)).hasMessage("zone 'a' has no nodes");
        assertThat(failures).isEmpty();
    }
}
