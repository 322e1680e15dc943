package io.evcache.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.evcache.client.pipeline.WriteLatch;
import io.evcache.client.pipeline.WritePolicy;
import io.evcache.client.pipeline.WriteResult;
import io.evcache.client.pipeline.ZoneOutcome;
import io.evcache.client.pipeline.ZoneOutcome.Status;
import io.evcache.core.command.Pending;
import io.evcache.core.command.Store;
import io.evcache.core.key.Key;
import io.evcache.core.time.Ticker;
import io.evcache.core.value.EncodedValue;
import io.evcache.core.value.Ttl;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Which write follows which answers, whatever comes first; of three zones "c" is not in service. */
class AppendOrAddTest {
    private final Deque<Answers> answers = new ArrayDeque<>();
    private final List<Store.Mode> sent = new ArrayList<>();

    @Test
    void zoneThatStoresNothingDoesNotRefuseForTheOneThatDecides() {
        will(Status.REFUSED, Status.REFUSED, Status.REFUSED);
        will(Status.DONE, Status.DONE, Status.REFUSED);

        WriteResult result = start().decided().toFuture().join();

        assertThat(sent).containsExactly(Store.Mode.APPEND, Store.Mode.ADD);
        assertThat(result.isMet()).isTrue();
    }

    @Test
    void whatComesTooLateToBeAddedIsAppended() {
        will(Status.REFUSED, Status.REFUSED, Status.REFUSED);
        will(Status.REFUSED, Status.SKIPPED, Status.SKIPPED);
        will(Status.DONE, Status.DONE, Status.REFUSED);

        WriteResult result = start().decided().toFuture().join();

        assertThat(sent).containsExactly(Store.Mode.APPEND, Store.Mode.ADD, Store.Mode.APPEND);
        assertThat(result.isMet()).isTrue();
    }

    @Test
    void nothingFollowsAnAppendThatOneZoneHasTaken() {
        will(Status.REFUSED, Status.DONE, Status.REFUSED);

        WriteResult result = start().settled().toFuture().join();

        assertThat(sent).containsExactly(Store.Mode.APPEND);
        assertThat(result.isMet()).isFalse();
    }

    @Test
    void nothingIsAddedWhereHalfOfTheZonesCannotSay() {
        will(Status.REFUSED, Status.UNKNOWN, Status.REFUSED);

        WriteResult result = start().decided().toFuture().join();

        assertThat(sent).containsExactly(Store.Mode.APPEND);
        assertThat(result.isMet()).isFalse();
    }

    private void will(Status a, Status b, Status c) {
        answers.add(new Answers(a, b, c));
    }

    private WriteLatch start() {
        Key key = Key.of("k");
        EncodedValue value = new EncodedValue("v".getBytes(StandardCharsets.UTF_8), 0);
        Store add = Store.add(key, value, Ttl.none());
        Store append = new Store(key, value, Ttl.none(), new Store.Terms(Store.Mode.APPEND, 0, 0));
        return AppendOrAdd.start(this::send, zone -> !zone.equals("c"), append, add, Ticker.system(), Runnable::run);
    }

    private WriteLatch send(Store command) {
        sent.add(command.terms().mode());
        return answers.isEmpty() ? new Answers(Status.SKIPPED, Status.SKIPPED, Status.SKIPPED) : answers.remove();
    }

    /** A write to which all zones have answered. */
    private static final class Answers implements WriteLatch {
        private final WriteResult result;

        Answers(Status... zones) {
            int succeeded = (int) Arrays.stream(zones, 0, 2)
                    .filter(zone -> zone == Status.DONE)
                    .count();
            this.result = new WriteResult(
                    WritePolicy.ALL,
                    2,
                    succeeded,
                    List.of(outcome("a", zones[0]), outcome("b", zones[1]), outcome("c", zones[2])));
        }

        private static ZoneOutcome outcome(String zone, Status status) {
            return new ZoneOutcome(zone, status, null, null);
        }

        @Override
        public Pending<WriteResult> decided() {
            return Pending.of(result);
        }

        @Override
        public Pending<WriteResult> settled() {
            return Pending.of(result);
        }

        @Override
        public WriteResult now() {
            return result;
        }

        @Override
        public boolean await(Duration timeout) {
            return result.isMet();
        }

        @Override
        public CompletableFuture<WriteResult> toCompletableFuture() {
            return CompletableFuture.completedFuture(result);
        }
    }
}
