package io.evcache.client.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evcache.client.pipeline.ReadPolicy.Agreement;
import io.evcache.client.pipeline.ReadPolicy.Order;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReadPolicyTest {

    @Test
    void ordersThatNameZonesNeedThemAndOthersTakeNone() {
        assertThatThrownBy(() -> ReadPolicy.startingWith(List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("order NAMED_FIRST needs the names of zones");
        assertThatThrownBy(() -> new ReadPolicy(Order.MEASURED, List.of("a"), Fallback.ALWAYS, Agreement.ONE, false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("order MEASURED takes no zones, were [a]");
    }

    @Test
    void noZonesInOrderAreAllOfThem() {
        assertThat(ReadPolicy.inOrder(List.of())).isEqualTo(ReadPolicy.LOCAL_FIRST.withoutBackfill());
    }

    @Test
    void fallbackRefusesWhatMakesNoSense() {
        assertThatThrownBy(() -> Fallback.ALWAYS.toAtMost(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("-1");
        for (double share : new double[] {0, -0.5, 1.01, Double.NaN}) {
            assertThatThrownBy(() -> Fallback.ALWAYS.withShareOfDeadline(share))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(String.valueOf(share));
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 3, 1", "1, 3, 2", "2, 3, 3", "9, 3, 3", "2147483647, 3, 3", "0, 0, 0"})
    void fallbackLimitsHowManyZonesAreAsked(int further, int existing, int asked) {
        assertThat(Fallback.ALWAYS.toAtMost(further).zones(existing)).isEqualTo(asked);
    }

    @ParameterizedTest
    @CsvSource({"ONE, 3, 1", "QUORUM, 1, 1", "QUORUM, 2, 2", "QUORUM, 3, 2", "QUORUM, 4, 3", "ALL, 1, 1", "ALL, 3, 3"})
    void agreementSaysHowManyZonesMustSayTheSame(Agreement agreement, int zones, int required) {
        assertThat(agreement.required(zones)).isEqualTo(required);
    }

    @Test
    void changedPoliciesKeepWhatWasNotChanged() {
        ReadPolicy policy = ReadPolicy.startingWith(List.of("b", "c"))
                .withFallback(Fallback.ON_ERROR.toAtMost(1))
                .withoutBackfill();

        assertThat(policy)
                .isEqualTo(new ReadPolicy(
                        Order.NAMED_FIRST, List.of("b", "c"), new Fallback(true, false, 1, 0.6), Agreement.ONE, false));
        assertThat(policy.withBackfill().backfill()).isTrue();
    }
}
