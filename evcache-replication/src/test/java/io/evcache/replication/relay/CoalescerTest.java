package io.evcache.replication.relay;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evcache.core.key.Key;
import io.evcache.replication.mutation.Mutation;
import io.evcache.replication.mutation.Mutation.Operation;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CoalescerTest {
    private final List<Work.Item> covered = new ArrayList<>();
    private final Coalescer coalescer = new Coalescer(covered::add);
    private long offset;

    @Test
    void lastOfAKeyWinsAndCoversTheOthers() {
        offer("a", Operation.SET);
        offer("b", Operation.SET);
        offer("a", Operation.SET);
        Work.Item last = offer("a", Operation.SET);

        Work work = next();

        assertThat(work.survivor()).isSameAs(last);
        assertThat(covered).extracting(item -> item.position().offset()).containsExactly(0L, 2L);
        assertThat(next().mutation().key()).isEqualTo(Key.of("b"));
        assertThat(coalescer.next()).isNull();
    }

    @Test
    void atMostOneOfAKeyIsUnderWay() {
        offer("a", Operation.SET);
        Work first = next();
        offer("a", Operation.SET);
        offer("a", Operation.SET);

        assertThat(coalescer.next()).isNull();

        coalescer.ended(first);
        Work second = next();
        assertThat(covered)
                .as("what had left is not covered")
                .extracting(item -> item.position().offset())
                .containsExactly(1L);
        coalescer.ended(second);
        assertThat(coalescer.keys()).isZero();
    }

    @Test
    void repeatedWorkTakesInWhatWaitedBehindIt() {
        offer("a", Operation.SET);
        Work work = next();
        offer("a", Operation.SET);
        Work.Item last = offer("a", Operation.DELETE);

        coalescer.again(work);

        assertThat(next()).isSameAs(work);
        assertThat(work.survivor()).isSameAs(last);
        assertThat(work.mutation().operation()).isEqualTo(Operation.DELETE);
        assertThat(covered).hasSize(2);
        assertThat(coalescer.next()).isNull();
    }

    @Test
    void workThatWaitsAgainStillAbsorbs() {
        offer("a", Operation.SET);
        Work work = next();
        coalescer.again(work);

        Work.Item later = offer("a", Operation.SET);

        assertThat(next().survivor()).isSameAs(later);
    }

    @Test
    void deleteThatALaterMutationCoversIsRemembered() {
        offer("a", Operation.SET);
        Work.Item deletion = offer("a", Operation.DELETE);
        offer("a", Operation.TOUCH);

        Work work = next();
        assertThat(work.fallBackToDeletion()).isTrue();
        assertThat(work.survivor()).isSameAs(deletion);
        assertThat(work.fallBackToDeletion()).isFalse();
    }

    @Test
    void deleteThatALaterDeleteCoversIsNotNeeded() {
        offer("a", Operation.DELETE);
        offer("a", Operation.SET);
        offer("a", Operation.DELETE);

        assertThat(covered).hasSize(2);
        assertThat(next().fallBackToDeletion()).isFalse();
    }

    @Test
    void deleteIsCoveredOnlyByAnother() {
        Work.Item first = offer("a", Operation.DELETE);
        Work work = next();
        Work.Item set = offer("a", Operation.SET);
        coalescer.again(work);
        assertThat(covered).isEmpty();

        Work.Item second = offer("a", Operation.DELETE);

        assertThat(covered).containsExactly(first, set);
        assertThat(next().survivor()).isSameAs(second);
    }

    @Test
    void setAfterADeleteIsASet() {
        offer("a", Operation.DELETE);
        offer("a", Operation.SET);

        assertThat(next().mutation().operation()).isEqualTo(Operation.SET);
    }

    @Test
    void keysComeInTheOrderOfTheirFirstMutation() {
        List.of("c", "a", "b", "c", "a").forEach(key -> offer(key, Operation.SET));

        assertThat(List.of(next(), next(), next()))
                .extracting(work -> work.mutation().key().toString())
                .containsExactly("c", "a", "b");
    }

    @Test
    void endingWhatIsNotUnderWayIsAProgrammingError() {
        offer("a", Operation.SET);
        Work work = next();
        coalescer.ended(work);

        assertThatThrownBy(() -> coalescer.ended(work)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> coalescer.again(work)).isInstanceOf(IllegalStateException.class);
    }

    private Work next() {
        return requireNonNull(coalescer.next(), "next");
    }

    private Work.Item offer(String key, Operation operation) {
        Mutation mutation = new Mutation(operation, Key.of(key), offset + 1, 0, 0, "eu", "", List.of());
        SourceRecord origin = new SourceRecord(0, offset, null, null);
        Work.Item item = new Work.Item(mutation, new Position(0, 1, offset++), origin);
        coalescer.offer(item);
        return item;
    }
}
