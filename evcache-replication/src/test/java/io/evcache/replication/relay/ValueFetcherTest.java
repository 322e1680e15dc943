package io.evcache.replication.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.evcache.client.pipeline.Read;
import io.evcache.client.pipeline.ReadPolicy;
import io.evcache.core.command.Lease;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Pending;
import io.evcache.core.error.CodecFailure;
import io.evcache.core.error.DeadlineExceeded;
import io.evcache.core.key.Key;
import io.evcache.core.time.Ticker;
import io.evcache.core.value.EncodedValue;
import io.evcache.core.value.KnownAbsent;
import io.evcache.replication.link.BatchEntry;
import io.evcache.replication.mutation.Mutation;
import io.evcache.replication.mutation.Mutation.Operation;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ValueFetcherTest {
    private static final Key KEY = Key.of("k");
    private static final EncodedValue VALUE = new EncodedValue(new byte[10], 0x0302);

    private final FakeCache cache = new FakeCache();
    private final RelayConfig config =
            RelayConfig.of("eu", List.of("a", "b", "c")).withMaxValueBytes(100);
    private final ValueFetcher fetcher = new ValueFetcher(cache, config, Ticker.system());

    @ParameterizedTest
    @ValueSource(longs = {2, 3, 60, 2_592_000, 2_592_001, 315_360_000})
    void lifeFromTwoSecondsToTenYearsGoesAsItIs(long seconds) {
        assertThat(fetch(hit(VALUE, seconds, false))).isEqualTo(new Fetched.Found(VALUE, seconds));
    }

    @Test
    void itemThatDoesNotExpireStaysSo() {
        assertThat(fetch(hit(VALUE, Lookup.NO_EXPIRY, false)))
                .isEqualTo(new Fetched.Found(VALUE, BatchEntry.NO_EXPIRY));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, -3, 315_360_001, 4_294_967_295L})
    void lifeThatIsOverOrAlmostOrWrappedIsNeverForwarded(long seconds) {
        assertThat(fetch(hit(VALUE, seconds, false))).isEqualTo(new Fetched.Nothing(Outcome.SKIPPED_EXPIRED));
    }

    @Test
    void lifeThatTheServerDidNotTellIsAFailureNotNoExpiry() {
        assertThat(fetch(hit(VALUE, Lookup.NOT_ASKED, false))).isInstanceOf(Fetched.Failed.class);
    }

    @Test
    void missInEveryZoneIsGone() {
        assertThat(fetch(Lookup.Miss.PLAIN)).isEqualTo(new Fetched.Nothing(Outcome.SKIPPED_GONE));
    }

    @Test
    void staleItemIsNotAValue() {
        assertThat(fetch(hit(VALUE, 60, true))).isEqualTo(new Fetched.Nothing(Outcome.SKIPPED_GONE));
    }

    /** It came after the write, while the relay was behind: shipped, it took the place of the other region's value. */
    @Test
    void markThatThisRegionsSourceHasNoSuchItemIsNotAValue() {
        assertThat(fetch(hit(KnownAbsent.mark(), 60, false))).isEqualTo(new Fetched.Nothing(Outcome.SKIPPED_GONE));
    }

    @Test
    void missBesideAFailureIsNotAMiss() {
        DeadlineExceeded failure = new DeadlineExceeded("slow", true);
        cache.answer = read -> FakeCache.missWith(failure);

        assertThat(fetch(set(List.of()))).isEqualTo(new Fetched.Uncertain(failure));
    }

    @Test
    void valueThatTheClientDoesNotReadIsTooLarge() {
        cache.answer = read -> Pending.failed(new CodecFailure("value of 5000 bytes"));

        assertThat(fetch(set(List.of()))).isEqualTo(new Fetched.Nothing(Outcome.SKIPPED_TOO_LARGE));
    }

    @Test
    void failureEverywhereIsAFailure() {
        DeadlineExceeded failure = new DeadlineExceeded("slow", true);
        cache.answer = read -> Pending.failed(failure);

        assertThat(fetch(set(List.of()))).isEqualTo(new Fetched.Failed(failure));
    }

    @Test
    void valueOverTheLimitIsTooLarge() {
        assertThat(fetch(hit(new EncodedValue(new byte[100], 0), 60, false))).isInstanceOf(Fetched.Found.class);
        assertThat(fetch(hit(new EncodedValue(new byte[101], 0), 60, false)))
                .isEqualTo(new Fetched.Nothing(Outcome.SKIPPED_TOO_LARGE));
    }

    /** The others were asked, too, behind these: their older value was shipped as the new one. */
    @Test
    void onlyZonesThatTookTheWriteAreAskedWithoutCountingAsUse() {
        fetch(set(List.of("a", "unknown")));

        assertThat(cache.reads).singleElement().satisfies(read -> {
            assertThat(read.policy().zones()).containsExactly("b", "c");
            assertThat(read.policy().fallback().onMiss()).isTrue();
            assertThat(read.policy().backfill()).isFalse();
            assertThat(read.command().wants().bump()).isFalse();
            assertThat(read.command().wants().ttl()).isTrue();
        });
    }

    @Test
    void whatNoneOfTheRelaysZonesTookIsNotRead() {
        assertThat(fetch(set(List.of("a", "b", "c")))).isEqualTo(new Fetched.Nothing(Outcome.SKIPPED_UNREADABLE));

        assertThat(cache.reads).isEmpty();
    }

    @Test
    void withoutNamedZonesTheClientsOrderIsAsked() {
        ValueFetcher unnamed = new ValueFetcher(cache, RelayConfig.of("eu", List.of()), Ticker.system());

        unnamed.fetch(set(List.of("a")), fetched -> {});

        assertThat(cache.reads)
                .singleElement()
                .extracting(Read::policy)
                .isEqualTo(ReadPolicy.LOCAL_FIRST.withoutBackfill());
    }

    private Fetched fetch(Lookup lookup) {
        cache.items.put(KEY, lookup);
        return fetch(set(List.of()));
    }

    private Fetched fetch(Mutation mutation) {
        List<Fetched> fetched = new ArrayList<>();
        fetcher.fetch(mutation, fetched::add);
        assertThat(fetched).hasSize(1);
        return fetched.get(0);
    }

    private static Mutation set(List<String> missed) {
        return new Mutation(Operation.SET, KEY, 1, 0, 10, "eu", "a", missed);
    }

    private static Lookup hit(EncodedValue value, long ttl, boolean stale) {
        return new Lookup.Hit(value, 0, ttl, stale, Lease.NONE);
    }
}
