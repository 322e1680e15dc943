package io.evcache.core.topology.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evcache.core.topology.Topology;
import io.evcache.core.topology.TopologyListener;
import io.evcache.core.topology.TopologyProvider;
import io.evcache.core.topology.ZoneMode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopologyControlTest {
    private static final Topology WHOLE = Topology.parse("a=h:1,h:2,h:3,h:4;b=h:5,h:6");

    private final List<Topology> heard = new ArrayList<>();
    private final List<String> observed = new ArrayList<>();
    private TopologyListener source = topology -> {};

    private final TopologyControl control = control(LossLimit.HALF);

    private TopologyControl control(LossLimit limit) {
        TopologyProvider provider = listener -> {
            source = listener;
            return () -> {};
        };
        return TopologyControl.of("test", provider, limit, new TopologyObserver() {
            @Override
            public void changed(Topology topology) {
                observed.add("changed");
            }

            @Override
            public void refused(Topology topology, List<String> objections) {
                observed.add("refused " + objections);
            }

            @Override
            public void failed(Exception failure) {
                observed.add("failed " + failure.getMessage());
            }
        });
    }

    private AutoCloseable start(TopologyControl control) {
        AutoCloseable watch = control.watch(heard::add);
        source.changed(WHOLE);
        return watch;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a=h:1;b=h:5,h:6 | zone a has 1 of 4 nodes left",
                "a=h:1,h:2,h:3,h:4 | zone b is gone",
                "c=h:7,h:8 | zone a is gone, zone b is gone",
                "a(WRITE_ONLY)=h:1,h:2,h:3,h:4;b(WRITE_ONLY)=h:5,h:6 | no zone is READ_WRITE"
            })
    void topologyThatLosesTooMuchIsRefusedAndCounted(String text, String objections) {
        start(control);

        source.changed(Topology.parse(text));

        assertThat(heard).containsExactly(WHOLE);
        assertThat(control.state().current()).contains(WHOLE);
        assertThat(control.state().refused()).contains(Topology.parse(text));
        assertThat(control.state().refusals()).isOne();
        assertThat(observed).containsExactly("changed", "refused [" + objections + "]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a=h:1,h:2;b=h:5",
                "a=h:11,h:12,h:13,h:14;b=h:15,h:16",
                "a=h:1,h:2,h:3,h:4,h:7;b=h:5,h:6;c=h:8",
                "a(WRITE_ONLY)=h:1,h:2,h:3,h:4;b=h:5,h:6"
            })
    void smallerLossesReplacementsAndGrowthAreBelieved(String text) {
        start(control);

        source.changed(Topology.parse(text));

        assertThat(heard).containsExactly(WHOLE, Topology.parse(text));
        assertThat(control.state().refusals()).isZero();
    }

    @Test
    void zoneThatWasTakenOutOfServiceMayLeave() {
        start(control);

        source.changed(Topology.parse("a=h:1,h:2,h:3,h:4;b(WRITE_ONLY)=h:5,h:6"));
        source.changed(Topology.parse("a=h:1,h:2,h:3,h:4"));

        assertThat(heard).last().isEqualTo(Topology.parse("a=h:1,h:2,h:3,h:4"));
    }

    @Test
    void zoneThatTheOperatorTookOutOfServiceMayLeave() {
        start(control);

        control.modes(() -> Map.of("b", ZoneMode.WRITE_ONLY));
        source.changed(Topology.parse("a=h:1,h:2,h:3,h:4"));

        assertThat(heard).last().isEqualTo(Topology.parse("a=h:1,h:2,h:3,h:4"));
        assertThat(control.state().refusals()).isZero();
    }

    @Test
    void refusedTopologyIsTakenWhenTheOperatorAcceptsTheLoss() {
        Topology small = Topology.parse("a=h:1;b=h:5,h:6");
        start(control);
        assertThat(control.acceptRefused()).isFalse();

        source.changed(small);
        boolean accepted = control.acceptRefused();

        assertThat(accepted).isTrue();
        assertThat(heard).containsExactly(WHOLE, small);
        assertThat(control.state().refused()).isEmpty();
        assertThat(control.state().objections()).isEmpty();
    }

    @Test
    void sameLossIsCountedOnceAndForgottenWhenTheSourceComesBack() {
        Topology small = Topology.parse("a=h:1;b=h:5,h:6");
        start(control);

        source.changed(small);
        source.changed(small);
        source.changed(WHOLE);

        assertThat(heard).containsExactly(WHOLE);
        assertThat(control.state().refusals()).isOne();
        assertThat(control.state().refused()).isEmpty();
        assertThat(control.acceptRefused()).isFalse();
    }

    @Test
    void limitOfAllBelievesEverything() {
        start(control(LossLimit.NONE));

        source.changed(Topology.parse("c=h:9"));

        assertThat(heard).containsExactly(WHOLE, Topology.parse("c=h:9"));
    }

    @Test
    void limitOfNothingRefusesTheLossOfOneNode() {
        start(control(new LossLimit(0)));

        source.changed(Topology.parse("a=h:1,h:2,h:3;b=h:5,h:6"));

        assertThat(heard).containsExactly(WHOLE);
        assertThatThrownBy(() -> new LossLimit(1.5)).hasMessageContaining("from 0 to 1, was 1.5");
        assertThatThrownBy(() -> new LossLimit(Double.NaN)).hasMessageContaining("was NaN");
    }

    @Test
    void modesOfTheOperatorStayWhateverTheSourceSays() {
        start(control);

        control.modes(() -> Map.of("b", ZoneMode.WRITE_ONLY));
        source.changed(Topology.parse("a=h:1,h:2,h:3;b=h:5,h:6"));
        control.modes(() -> Map.of());

        assertThat(heard)
                .extracting(Topology::text)
                .containsExactly(
                        "a=h:1,h:2,h:3,h:4;b=h:5,h:6",
                        "a=h:1,h:2,h:3,h:4;b(WRITE_ONLY)=h:5,h:6",
                        "a=h:1,h:2,h:3;b(WRITE_ONLY)=h:5,h:6",
                        "a=h:1,h:2,h:3;b=h:5,h:6");
    }

    @Test
    void modesOfUnknownZonesAndModesThatLeaveNothingToReadAreProblems() {
        assertThat(control.problems(Map.of("c", ZoneMode.WRITE_ONLY), Map.of())).isEmpty();
        start(control);

        assertThat(control.problems(Map.of("c", ZoneMode.WRITE_ONLY), Map.of()))
                .containsExactly("zone 'c' is not one of " + WHOLE);
        assertThat(control.problems(Map.of("b", ZoneMode.WRITE_ONLY, "a", ZoneMode.DRAINING), Map.of()))
                .containsExactly("with {a=DRAINING, b=WRITE_ONLY} no zone would be READ_WRITE");
        assertThat(control.problems(Map.of("a", ZoneMode.WRITE_ONLY), Map.of())).isEmpty();
    }

    @Test
    void modesThatWouldLeaveNothingOfALaterTopologyDoNotApply() {
        start(control(LossLimit.NONE));

        control.modes(() -> Map.of("b", ZoneMode.WRITE_ONLY));
        source.changed(Topology.parse("b=h:5,h:6"));

        assertThat(heard).last().isEqualTo(Topology.parse("b=h:5,h:6"));
    }

    @Test
    void changeOfModesDoesNotForgetWhatWasRefused() {
        Topology small = Topology.parse("a=h:1;b=h:5,h:6");
        start(control);
        source.changed(small);

        control.modes(() -> Map.of("b", ZoneMode.DRAINING));

        assertThat(control.state().refused()).contains(small);
        assertThat(control.acceptRefused()).isTrue();
        assertThat(heard).last().isEqualTo(Topology.parse("a=h:1;b(DRAINING)=h:5,h:6"));
    }

    @Test
    void failuresOfTheSourceAreCountedAndPassedOn() {
        List<Exception> failures = new ArrayList<>();
        control.watch(new TopologyListener() {
            @Override
            public void changed(Topology topology) {}

            @Override
            public void failed(Exception failure) {
                failures.add(failure);
            }
        });

        source.failed(new IOException("no answer"));

        assertThat(control.state().failures()).isOne();
        assertThat(failures).hasSize(1);
        assertThat(observed).containsExactly("failed no answer");
    }

    @Test
    void nothingIsSaidAfterClose() throws Exception {
        AutoCloseable watch = start(control);

        watch.close();
        source.changed(Topology.parse("a=h:1,h:2;b=h:5,h:6"));
        control.modes(() -> Map.of("b", ZoneMode.WRITE_ONLY));

        assertThat(heard).containsExactly(WHOLE);
    }

    @Test
    void listenerThatThrowsHearsOfTheNextChange() {
        List<Topology> seen = new ArrayList<>();
        control.watch(topology -> {
            seen.add(topology);
            throw new IllegalStateException("on purpose");
        });

        source.changed(WHOLE);
        source.changed(Topology.parse("a=h:1,h:2;b=h:5,h:6"));

        assertThat(seen).hasSize(2);
    }

    /** What was to be told after an error was told with the next change only, and the error reached the source. */
    @Test
    void listenerThatThrowsAnErrorKeepsNothingFromTheOthers() {
        control.watch(topology -> {
            throw new NoClassDefFoundError("on purpose");
        });

        source.changed(WHOLE);

        assertThat(observed).containsExactly("changed");
    }

    @Test
    void secondWatchIsRefused() {
        start(control);

        assertThatThrownBy(() -> control.watch(topology -> {})).isInstanceOf(IllegalStateException.class);
    }
}
