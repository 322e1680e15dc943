package io.evcache.client.zones;

import static io.evcache.client.zones.FakeZone.hit;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.evcache.client.pipeline.Fallback;
import io.evcache.client.pipeline.Read;
import io.evcache.client.pipeline.ReadPolicy;
import io.evcache.client.pipeline.ReadResult;
import io.evcache.core.command.Command;
import io.evcache.core.command.Get;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Pending;
import io.evcache.core.error.EvCacheException;
import io.evcache.core.error.NodeUnavailable;
import io.evcache.core.key.Key;
import io.evcache.core.time.Deadline;
import io.evcache.core.topology.ZoneMode;
import io.evcache.core.zone.ClusterView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A caller that asks the first zone itself and goes on from there gets, and sends, what a read does. */
class AskFirstTest {
    private static final Get COMMAND = Get.of(Key.of("k"));
    private final EvCacheException down = new NodeUnavailable(NodeUnavailable.Reason.NOT_CONNECTED, "down", null);

    /** H: hit, M: miss, F: failure. */
    static Stream<String> answers() {
        return Stream.of("H", "MH", "FH", "MMH", "MFH", "FMH", "FFH", "MMM", "FMM", "MMF", "FFF")
                .flatMap(answers -> Stream.of("ALWAYS", "ON_ERROR", "ON_MISS", "NEVER", "ONE_MORE")
                        .map(fallback -> answers + " " + fallback));
    }

    @ParameterizedTest
    @MethodSource("answers")
    void endsAndAsksAsARead(String answersAndFallback) {
        String[] words = answersAndFallback.split(" ", -1);
        ReadPolicy policy = ReadPolicy.LOCAL_FIRST.withFallback(fallback(words[1]));
        Scene asked = new Scene(words[0], down);
        Scene straight = new Scene(words[0], down);

        Pending<ReadResult> expected = asked.zones.read(asked.read(policy));
        Read read = straight.read(policy);
        ZoneOrder order = requireNonNull(straight.zones.inOrder(policy));
        Pending<Lookup> first = order.askFirst(COMMAND, policy, read.deadline());
        Pending<ReadResult> actual = order.goOn(read, first);

        assertThat(actual.value()).isEqualTo(expected.value());
        assertThat(actual.failure()).isSameAs(expected.failure());
        assertThat(straight.sent()).isEqualTo(asked.sent());
        assertThat(straight.timesGiven()).isEqualTo(asked.timesGiven());
    }

    private static Fallback fallback(String name) {
        return switch (name) {
            case "ALWAYS" -> Fallback.ALWAYS;
            case "ON_ERROR" -> Fallback.ON_ERROR;
            case "ON_MISS" -> Fallback.ON_MISS;
            case "NEVER" -> Fallback.NEVER;
            default -> Fallback.ALWAYS.toAtMost(1);
        };
    }

    /** Three zones, b the local one, which answer at once in the order in which they are asked. */
    private static final class Scene {
        final MovedTicker ticker = new MovedTicker();
        final List<FakeZone> all = List.of(
                new FakeZone("a"), new FakeZone("b"), new FakeZone("c"), new FakeZone("w", ZoneMode.WRITE_ONLY));
        final Zones zones;

        Scene(String answers, EvCacheException down) {
            List<FakeZone> order = List.of(all.get(1), all.get(0), all.get(2));
            for (int i = 0; i < answers.length(); i++) {
                switch (answers.charAt(i)) {
                    case 'H' -> order.get(i).willAnswer(hit("v", 10));
                    case 'M' -> order.get(i).willAnswer(Lookup.Miss.PLAIN);
                    default -> order.get(i).willFail(down);
                }
            }
            ClusterView view = new ClusterView(all.stream().map(FakeZone::route).toList());
            this.zones = Zones.of(() -> view, "b", ticker, Runnable::run);
        }

        Read read(ReadPolicy policy) {
            return new Read("cache", COMMAND, policy, Deadline.after(Duration.ofMillis(100), ticker));
        }

        List<List<Command<?>>> sent() {
            List<List<Command<?>>> sent = new ArrayList<>();
            all.forEach(zone -> sent.add(zone.sent));
            return sent;
        }

        List<List<Duration>> timesGiven() {
            return all.stream()
                    .map(zone -> zone.deadlines.stream().map(Deadline::allowed).toList())
                    .toList();
        }
    }
}
