package io.evcache.core.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evcache.core.error.InvalidConfiguration;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TopologyTest {

    private static final NodeAddress A1 = new NodeAddress("a1", 11211);
    private static final NodeAddress A2 = new NodeAddress("a2", 11211);
    private static final NodeAddress B1 = new NodeAddress("b1", 11211);

    @Test
    void readsZonesAndNodesInOrder() {
        Topology topology = Topology.parse("a=a1:11211,a2:11211;b=b1:11211");

        assertThat(topology).isEqualTo(Topology.of(Zone.of("a", A1, A2), Zone.of("b", B1)));
        assertThat(topology.zones().get(0).mode()).isEqualTo(ZoneMode.READ_WRITE);
        assertThat(topology).hasToString("[a(2 nodes), b(1 node)]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a=a1:11211,a2:11211;b=b1:11211;",
                " a = a1:11211 , a2:11211 ;\n b = b1:11211 ",
                "a=a1:11211,a2:11211;b=b1:11211;\n"
            })
    void blanksAndATrailingSemicolonDoNotMatter(String text) {
        assertThat(Topology.parse(text)).isEqualTo(Topology.of(Zone.of("a", A1, A2), Zone.of("b", B1)));
    }

    @Test
    void modeStandsBehindTheNameOfAZone() {
        Topology topology = Topology.parse("a=a1:11211;b (WRITE_ONLY) = b1:11211*2");

        assertThat(topology.zone("b").orElseThrow().mode()).isSameAs(ZoneMode.WRITE_ONLY);
        assertThat(topology.text()).isEqualTo("a=a1:11211;b(WRITE_ONLY)=b1:11211*2");
        assertThat(Topology.parse(topology.text())).isEqualTo(topology);
        assertThat(problemsOf(() -> Topology.parse("a=a1:11211;b(SLOW)=b1:11211"))
                        .toString())
                .contains("zone 'b' has the mode 'SLOW'; expected one of [READ_WRITE, WRITE_ONLY");
    }

    @Test
    void findsZonesByName() {
        Topology topology = Topology.parse("a=a1:11211;b=b1:11211");

        assertThat(topology.zone("b")).contains(Zone.of("b", B1));
        assertThat(topology.zone("B")).isEmpty();
    }

    @Test
    void everyProblemOfATextIsReportedAtOnce() {
        String text = "a=a1:11211,a2:http;bad name=b1:11211;c=;no equals;d=a1:11211,:1,d1:0;d=d2:11211;;=e1:11211";

        assertThat(problemsOf(() -> Topology.parse(text)))
                .containsExactly(
                        "zone 'a': node 'a2:http' has the port 'http'; expected a number from 1 to 65535",
                        "zone name 'bad name' may hold only letters and digits of ASCII, dot, underscore and hyphen",
                        "zone 'c' has no nodes",
                        "no '=' in 'no equals'; expected zone=host:port,host:port",
                        "zone 'd': node ':1' has no host",
                        "zone 'd': node 'd1:0' has the port 0; expected a number from 1 to 65535",
                        "there is nothing before semicolon 7",
                        "a zone has no name",
                        "zone 'd' is named more than once",
                        "node a1:11211 is in zone 'a' and in zone 'd'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  ", ";"})
    void noZonesAreAProblem(String text) {
        assertThat(problemsOf(() -> Topology.parse(text))).isNotEmpty();
        assertThat(problemsOf(() -> Topology.of())).containsExactly("there are no zones");
    }

    @Test
    void missingNodeBetweenCommasIsAProblem() {
        assertThat(problemsOf(() -> Topology.parse("a=a1:11211,,a2:11211"))).hasSize(1);
    }

    @Test
    void nodeIsNamedOnceInTheWholeTopology() {
        assertThat(problemsOf(() -> Zone.of("a", A1, A1))).containsExactly("node a1:11211 is twice in zone 'a'");
        assertThat(problemsOf(() -> Topology.of(Zone.of("a", A1), Zone.of("b", B1, A1))))
                .containsExactly("node a1:11211 is in zone 'a' and in zone 'b'");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a=cache:11211;b=CACHE:11211",
                "a=cache/10.0.0.1:11211;b=10.0.0.1:11211",
                "a=one/10.0.0.1:11211,two/10.0.0.1:11211",
                "a=cache/10.0.0.1:11211;b=cache:11211",
                "a=[::1]:11211;b=[0:0:0:0:0:0:0:1]:11211",
                "a=cache/[2001:DB8::1]:11211;b=other/[2001:db8:0::1]:11211"
            })
    void sameServerInOtherWordsIsADuplicateToo(String text) {
        assertThat(problemsOf(() -> Topology.parse(text))).hasSize(1);
    }

    @Test
    void oneIdForTwoNodesOfAZoneIsAProblemAndInTwoZonesIsNot() {
        assertThat(problemsOf(() -> Topology.parse("a=n1@h1:1,n1@h2:1")))
                .containsExactly("nodes h1:1 and h2:1 of zone 'a' have the same id 'n1'");
        assertThat(Topology.parse("a=n1@h1:1,n2@h2:1;b=n1@h3:1,n2@h4:1").zones())
                .hasSize(2);
    }

    /** Taken for one server and refused, though their addresses tell them apart. */
    @Test
    void oneNameWithTwoAddressesIsTwoServers() {
        assertThat(Topology.parse("a=cache/10.0.0.1:11211,cache/10.0.0.2:11211")
                        .zones()
                        .get(0)
                        .nodes())
                .hasSize(2);
    }

    @Test
    void sameHostOnAnotherPortIsAnotherNode() {
        assertThat(Topology.parse("a=cache:11211,cache:11212").zones().get(0).nodes())
                .hasSize(2);
    }

    @Test
    void zoneNamesAreShortAndPlain() {
        String longest = "eu-west_1.A" + "x".repeat(53);

        assertThat(Zone.of(longest, A1).name()).hasSize(64);
        assertThat(problemsOf(() -> Zone.of(longest + "x", A1)))
                .singleElement()
                .asString()
                .contains("65 characters");
        for (String name : List.of("", " ", "a b", "a/b", "a\nb", "é", "a:b", "a=b")) {
            assertThat(problemsOf(() -> Zone.of(name, A1))).as(name).hasSize(1);
        }
    }

    @Test
    void zoneReportsItsProblemsAtOnce() {
        assertThat(problemsOf(() -> Zone.of("a b"))).hasSize(2);
        assertThat(Zone.problems("a b", List.of(A1, A1))).hasSize(2);
        assertThat(Zone.problems("a", List.of(A1, A2))).isEmpty();
    }

    @Test
    void zoneNameAppearsOnceAmongTheProblemsHoweverOftenItIsRepeated() {
        List<Zone> zones = List.of(Zone.of("a", A1), Zone.of("a", A2), Zone.of("a", B1));

        assertThat(Topology.problems(zones)).containsExactly("zone 'a' is named more than once");
    }

    @Test
    void listsCannotBeChangedAfterwards() {
        List<NodeAddress> nodes = new ArrayList<>(List.of(A1));
        Zone zone = new Zone("a", ZoneMode.WRITE_ONLY, nodes);

        nodes.add(A2);

        assertThat(zone.nodes()).containsExactly(A1);
        assertThat(zone).hasToString("a(1 node, WRITE_ONLY)");
        assertThatThrownBy(() -> zone.nodes().add(B1)).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void draftMixesTextsAndAddressesAndReportsThemTogether() {
        TopologyDraft draft = new TopologyDraft()
                .text("a=a1:11211")
                .zone("b", ZoneMode.READ_WRITE, List.of(" b1:11211 ", "b2"))
                .zoneOf("c", ZoneMode.WRITE_ONLY, List.of(A1));

        assertThat(draft.problems())
                .containsExactly(
                        "zone 'b': node 'b2' has no port; expected host:port",
                        "node a1:11211 is in zone 'a' and in zone 'c'");
        assertThat(problemsOf(draft::build)).isEqualTo(draft.problems());
    }

    @Test
    void draftWithoutProblemsBecomesATopology() {
        Topology topology = new TopologyDraft()
                .zone("a", ZoneMode.READ_WRITE, List.of("a1:11211"))
                .zoneOf("b", ZoneMode.WRITE_ONLY, List.of(B1))
                .build();

        assertThat(topology).isEqualTo(Topology.of(Zone.of("a", A1), new Zone("b", ZoneMode.WRITE_ONLY, List.of(B1))));
    }

    @Test
    void draftWithoutZonesSaysSo() {
        assertThat(new TopologyDraft().problems()).containsExactly("there are no zones");
    }

    @Test
    void fixedProviderTellsItsTopologyOnceBeforeWatchReturns() throws Exception {
        Topology topology = Topology.parse("a=a1:11211");
        List<Topology> received = new ArrayList<>();

        AutoCloseable watch = TopologyProvider.fixed(topology).watch(received::add);

        assertThat(received).containsExactly(topology);
        watch.close();
        watch.close();
        assertThat(received).hasSize(1);
    }

    private static List<String> problemsOf(ThrowingCallable call) {
        List<String> problems = new ArrayList<>();
        assertThatThrownBy(call).isInstanceOfSatisfying(InvalidConfiguration.class, e -> problems.addAll(e.problems()));
        return problems;
    }
}
