package io.evcache.core.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evcache.core.error.DeadlineExceeded;
import io.evcache.core.key.Key;
import io.evcache.core.time.Deadline;
import io.evcache.core.time.Ticker;
import io.evcache.core.value.EncodedValue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GetsTest {
    private final Gets gets = new Gets(new Key[] {key("a"), key("b"), key("c"), key("d"), key("e")});

    @Test
    void answersCanBeReadOneByOneAndAllOfThemSettleTheWhole() {
        Gets.Part part = gets.all();

        part.hit(0, new byte[] {1}, 7);
        part.answer(1, Lookup.Miss.PLAIN);
        part.fail(2, new DeadlineExceeded("late", true));
        assertThat(gets.lookup(0)).isEqualTo(new Lookup.Hit(new byte[] {1}, 7, Lookup.Details.NONE));
        assertThat(gets.value(0)).isEqualTo(new EncodedValue(new byte[] {1}, 7));
        assertThat(gets.lookup(1)).isEqualTo(Lookup.Miss.PLAIN);
        assertThat(gets.value(1)).isNull();
        assertThat(gets.failure(2)).hasMessage("late");
        assertThat(gets.lookup(2)).isNull();
        assertThat(gets.isAnswered(3)).isFalse();
        assertThat(gets.isSettled()).isFalse();

        part.failOpen(new DeadlineExceeded("gone", true));
        assertThat(gets.failure(2)).hasMessage("late");
        assertThat(gets.failure(3)).hasMessage("gone");
        assertThat(gets.value()).isSameAs(gets);
    }

    @Test
    void dividedByHomesEveryKeyGoesToItsOwnAndAllTogetherSettleTheWhole() {
        Map<String, List<String>> sent = new LinkedHashMap<>();
        List<Gets.Part> parts = new ArrayList<>();
        gets.all().divide(new String[] {"x", "y", "x", "z", "y"}, (home, part) -> {
            sent.put(home, texts(part));
            parts.add(part);
        });

        assertThat(sent)
                .containsExactly(
                        Map.entry("x", List.of("a", "c")),
                        Map.entry("y", List.of("b", "e")),
                        Map.entry("z", List.of("d")));
        parts.get(1).hit(1, new byte[] {5}, 0);
        assertThat(gets.value(4)).isEqualTo(new EncodedValue(new byte[] {5}, 0));
        for (Gets.Part part : parts) {
            assertThat(gets.isSettled()).isFalse();
            part.failOpen(new DeadlineExceeded("late", true));
        }
        assertThat(gets.isSettled()).isTrue();
    }

    @Test
    void partsOfPartsKnowTheirPlaceInTheWhole() {
        gets.all().divide(new Integer[] {1, 2, 1, 1, 2}, (home, part) -> {
            if (home == 1) {
                Gets.Part rest = part.range(1, 2);
                assertThat(texts(rest)).containsExactly("c", "d");
                rest.hit(1, new byte[] {4}, 0);
            } else {
                assertThat(texts(part.range(0, 2))).containsExactly("b", "e");
                part.divide(new String[] {"p", "q"}, (inner, one) -> one.hit(0, inner.getBytes(UTF_8), 0));
            }
        });

        assertThat(gets.value(3)).isEqualTo(new EncodedValue(new byte[] {4}, 0));
        assertThat(gets.value(1)).isEqualTo(new EncodedValue("p".getBytes(UTF_8), 0));
        assertThat(gets.value(4)).isEqualTo(new EncodedValue("q".getBytes(UTF_8), 0));
        assertThat(gets.isAnswered(0) || gets.isAnswered(2)).isFalse();
    }

    @Test
    void routeThatKnowsNoBetterIsSentOneGetForEachKey() {
        List<Command<?>> sent = new ArrayList<>();
        Route route = new Route() {
            @Override
            @SuppressWarnings("unchecked") // only gets are sent
            public <R extends Reply> Pending<R> send(Command<R> command, Deadline deadline) {
                sent.add(command);
                return (Pending<R>)
                        (command.key().equals(key("b"))
                                ? Pending.<Lookup>failed(new DeadlineExceeded("late", true))
                                : Pending.<Lookup>of(
                                        new Lookup.Hit(command.key().bytes(), 3, Lookup.Details.NONE)));
            }
        };

        route.sendAll(gets.all(), Deadline.after(Duration.ofSeconds(1), Ticker.system()));

        assertThat(sent)
                .containsExactlyElementsOf(IntStream.range(0, 5)
                        .mapToObj(i -> new Get(gets.key(i), Get.Wants.PLAIN))
                        .toList());
        assertThat(gets.isSettled()).isTrue();
        assertThat(gets.value(4)).isEqualTo(new EncodedValue(new byte[] {'e'}, 3));
        assertThat(gets.failure(1)).hasMessage("late");
    }

    @Test
    void noKeysAreNoQuestion() {
        assertThatThrownBy(() -> new Gets(new Key[0]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("there must be at least one key");
    }

    private static List<String> texts(Gets.Part part) {
        return IntStream.range(0, part.size())
                .mapToObj(at -> part.key(at).toString())
                .toList();
    }

    private static Key key(String text) {
        return Key.of(text);
    }
}
