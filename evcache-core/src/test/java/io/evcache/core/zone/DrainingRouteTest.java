package io.evcache.core.zone;

import static org.assertj.core.api.Assertions.assertThat;

import io.evcache.core.command.Arithmetic;
import io.evcache.core.command.Arithmetic.Direction;
import io.evcache.core.command.Command;
import io.evcache.core.command.CountReply;
import io.evcache.core.command.Delete;
import io.evcache.core.command.DeleteReply;
import io.evcache.core.command.Get;
import io.evcache.core.command.Pending;
import io.evcache.core.command.Reply;
import io.evcache.core.command.Route;
import io.evcache.core.command.Store;
import io.evcache.core.command.StoreReply;
import io.evcache.core.command.Touch;
import io.evcache.core.error.EvCacheException;
import io.evcache.core.error.NodeUnavailable;
import io.evcache.core.error.NodeUnavailable.Reason;
import io.evcache.core.key.Key;
import io.evcache.core.time.Deadline;
import io.evcache.core.time.Ticker;
import io.evcache.core.value.Codec;
import io.evcache.core.value.EncodedValue;
import io.evcache.core.value.Ttl;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DrainingRouteTest {
    private static final Key KEY = Key.of("k");
    private static final EncodedValue VALUE = Codec.utf8().encode("v");

    private final Deadline deadline = Deadline.after(Duration.ofSeconds(1), Ticker.system());
    private final List<Command<?>> sent = new ArrayList<>();
    private final Pending<Reply> answer = Pending.open();
    private final Route draining = new DrainingRoute(new Route() {
        @Override
        @SuppressWarnings("unchecked") // the test answers each command with a reply of its kind
        public <R extends Reply> Pending<R> send(Command<R> command, Deadline until) {
            sent.add(command);
            return (Pending<R>) (Pending<?>) answer;
        }
    });

    @ParameterizedTest
    @EnumSource(Store.Mode.class)
    void whatWouldBeStoredIsRemovedAndSaidToBeNotStored(Store.Mode mode) {
        Pending<StoreReply> reply = draining.send(new Store(KEY, VALUE, Ttl.none(), mode, 0, 0), deadline);

        assertThat(sent).containsExactly(Delete.of(KEY));
        assertThat(reply.isSettled()).isFalse();
        answer.complete(DeleteReply.DELETED);
        assertThat(reply.value()).isSameAs(StoreReply.NOT_STORED);
    }

    @Test
    void counterIsRemovedAndSaidToBeMissing() {
        Arithmetic count = new Arithmetic(KEY, Direction.INCREMENT, 1, OptionalLong.of(1), Ttl.none());

        Pending<CountReply> reply = draining.send(count, deadline);
        answer.complete(DeleteReply.NOT_FOUND);

        assertThat(sent).containsExactly(Delete.of(KEY));
        assertThat(reply.value()).isSameAs(CountReply.NOT_FOUND);
    }

    @Test
    void removalThatFailsIsAFailure() {
        EvCacheException down = new NodeUnavailable(Reason.NOT_CONNECTED, "down", null);

        Pending<StoreReply> reply = draining.send(Store.set(KEY, VALUE, Ttl.none()), deadline);
        answer.fail(down);

        assertThat(reply.failure()).isSameAs(down);
    }

    @Test
    void readsDeletesAndTouchesPassThrough() {
        List<Command<?>> commands = List.of(Get.of(KEY), Delete.of(KEY), new Touch(KEY, Ttl.none()));

        for (Command<?> command : commands) {
            assertThat((Object) draining.send(command, deadline)).isSameAs(answer);
        }

        assertThat(sent).isEqualTo(commands);
    }
}
