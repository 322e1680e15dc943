package io.evcache.client.zones;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evcache.client.pipeline.Write;
import io.evcache.client.pipeline.WriteLatch;
import io.evcache.client.pipeline.WritePolicy;
import io.evcache.client.pipeline.ZoneOutcome.Status;
import io.evcache.client.pipeline.ZoneTokens;
import io.evcache.core.command.Command;
import io.evcache.core.command.Delete;
import io.evcache.core.command.Get;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Store;
import io.evcache.core.command.StoreReply;
import io.evcache.core.key.Key;
import io.evcache.core.time.Deadline;
import io.evcache.core.time.Ticker;
import io.evcache.core.value.Codec;
import io.evcache.core.value.EncodedValue;
import io.evcache.core.value.Ttl;
import io.evcache.core.zone.ClusterView;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ZoneTokensTest {
    private static final Key KEY = Key.of("k");
    private static final EncodedValue VALUE = Codec.utf8().encode("v");
    private static final Ttl TTL = Ttl.ofSeconds(60);
    private static final Store STORE = new Store(KEY, VALUE, TTL, Store.Mode.SET, ZoneTokens.UNSET, 0);

    private final FakeZone a = new FakeZone("a");
    private final FakeZone b = new FakeZone("b");
    private final AllZonesWrites writes = new AllZonesWrites(Ticker.system(), Runnable::run);

    @Test
    void eachZoneComparesWithItsOwnToken() {
        write(STORE, new ZoneTokens(Map.of("a", 7L, "b", 12L)));

        assertThat(a.sent).containsExactly(new Store(KEY, VALUE, TTL, Store.Mode.SET, 7, 0));
        assertThat(b.sent).containsExactly(new Store(KEY, VALUE, TTL, Store.Mode.SET, 12, 0));
    }

    @Test
    void aDeletionComparesToo() {
        write(new Delete(KEY, ZoneTokens.UNSET, 0), new ZoneTokens(Map.of("a", 7L)));

        assertThat(a.sent).containsExactly(new Delete(KEY, 7, 0));
    }

    @Test
    void aZoneWithoutTokenIsNotWrittenAndCountsAsRefused() {
        WriteLatch latch = write(STORE, new ZoneTokens(Map.of("b", 12L)));
        b.answer(StoreReply.STORED);

        assertThat(a.sent).isEmpty();
        assertThat(latch.now().zones(Status.REFUSED)).containsExactly("a");
        assertThat(latch.now().zones(Status.DONE)).containsExactly("b");
        assertThat(latch.settled().isSettled()).isTrue();
    }

    @Test
    void aWriteWhoseTokensWereLostOnTheWayIsStillConditional() {
        write(STORE, null);

        assertThat(((Store) a.sent.get(0)).compare()).isPositive();
    }

    @Test
    void tokensForACommandWithoutConditionAreRefused() {
        assertThatThrownBy(() -> write(Get.of(KEY), new ZoneTokens(Map.of("a", 7L))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("get has no condition");
    }

    @Test
    void aGetToEveryZoneIsDoneOnceAnsweredWhateverTheAnswer() {
        WriteLatch latch = write(Get.of(KEY), null);
        a.answer(FakeZone.hit("v", 10));
        b.answer(Lookup.Miss.PLAIN);

        assertThat(latch.decided().isSettled()).isTrue();
        assertThat(latch.now().zones(Status.DONE)).containsExactly("a", "b");
    }

    private WriteLatch write(Command<?> command, @Nullable ZoneTokens tokens) {
        Deadline deadline = Deadline.after(Duration.ofSeconds(30), Ticker.system());
        return writes.write(
                new Write("cache", command, WritePolicy.ALL, deadline, tokens),
                new ClusterView(List.of(a.route(), b.route())));
    }
}
