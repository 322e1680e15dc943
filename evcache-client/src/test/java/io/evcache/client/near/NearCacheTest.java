package io.evcache.client.near;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evcache.core.key.Key;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class NearCacheTest {
    private static final NearCacheOptions OPTIONS = NearCacheOptions.ofSize(100).jitter(0);
    private static final Duration VALIDITY = Duration.ofSeconds(2);

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5_000_000_000L); // overflows on the way
    private final NearCaches caches = new NearCaches(nanos::get);

    @Test
    void valueIsServedForItsLifeCountedFromTheAsking() {
        NearCache<String> near = caches.create("c", OPTIONS.expireAfterWrite(Duration.ofSeconds(2)));
        NearCache.Load load = near.load();
        pass(Duration.ofMillis(1_500));
        near.keep(load, "k", "v", 1);

        pass(Duration.ofMillis(499));
        assertThat(near.get("k")).isEqualTo("v");
        pass(Duration.ofMillis(1));
        assertThat(near.get("k")).isNull();
    }

    @Test
    void jitterOnlyShortensLives() {
        NearCache<String> near = caches.create("c", OPTIONS.jitter(0.5).expireAfterWrite(Duration.ofSeconds(1)));
        for (int i = 0; i < 100; i++) {
            near.keep(near.load(), "k" + i, "v", 1);
        }

        pass(Duration.ofMillis(499));
        assertThat(served(near, 100)).isEqualTo(100);
        pass(Duration.ofMillis(251));
        assertThat(served(near, 100)).isBetween(1, 99);
        pass(Duration.ofMillis(250));
        assertThat(served(near, 100)).isZero();
    }

    @Test
    void valueThatWasAskedForBeforeAnInvalidationIsNotKept() {
        NearCache<String> near = caches.create("c", OPTIONS);
        NearCache.Load load = near.load();

        caches.invalidate(Key.of("c:k"));
        near.keep(load, "k", "old", 1);

        assertThat(near.get("k")).isNull();
        assertThat(near.stats().outdated()).isEqualTo(1);
    }

    @Test
    void nothingIsKeptWhileTheKeyIsBeingWrittenNorOfWhatWasAskedForMeanwhile() {
        NearCache<String> near = caches.create("c", OPTIONS);
        near.keep(near.load(), "k", "old", 1);

        NearCaches.Writing writing = caches.beginWrite(Key.of("c:k"));
        assertThat(near.get("k")).isNull();
        NearCache.Load during = near.load();
        near.keep(during, "k", "old", 1);
        assertThat(near.get("k")).isNull();
        writing.end();
        near.keep(during, "k", "old", 1);
        assertThat(near.get("k")).isNull();

        near.keep(near.load(), "k", "new", 1);
        assertThat(near.get("k")).isEqualTo("new");
    }

    @Test
    void writesThatOverlapEndWithTheLastOne() {
        NearCache<String> near = caches.create("c", OPTIONS);
        NearCaches.Writing first = caches.beginWrite(Key.of("c:k"));
        NearCaches.Writing second = caches.beginWrite(Key.of("c:k"));
        first.end();

        near.keep(near.load(), "k", "v", 1);
        assertThat(near.get("k")).isNull();
        second.end();
        near.keep(near.load(), "k", "v", 1);
        assertThat(near.get("k")).isEqualTo("v");
    }

    @Test
    void writeThatBeganBeforeANearCacheWasMadeLeavesItUsable() {
        caches.create("c", OPTIONS);
        NearCaches.Writing writing = caches.beginWrite(Key.of("c:k"));
        NearCache<String> late = caches.create("c", OPTIONS);
        writing.end();

        late.keep(late.load(), "k", "v", 1);

        assertThat(late.get("k")).isEqualTo("v");
    }

    @Test
    void olderValueDoesNotReplaceAYoungerOne() {
        NearCache<String> near = caches.create("c", OPTIONS);
        NearCache.Load older = near.load();
        near.invalidate("other");
        near.keep(near.load(), "k", "younger", 1);

        near.keep(older, "k", "older", 1);

        assertThat(near.get("k")).isEqualTo("younger");
    }

    @Test
    void writeOfAnotherCacheOrKeyTakesNothingOut() {
        NearCache<String> near = caches.create("c", OPTIONS);
        near.keep(near.load(), "k", "v", 1);

        caches.invalidate(Key.of("other:k"));
        caches.invalidate(Key.of("c:k2"));
        caches.invalidate(Key.of("c"));

        assertThat(near.get("k")).isEqualTo("v");
        caches.invalidate(Key.of("c:k"));
        assertThat(near.get("k")).isNull();
    }

    @Test
    void keysWithColonsAndOtherScriptsAreFoundByTheirBytes() {
        NearCache<String> near = caches.create("größe", OPTIONS);
        near.keep(near.load(), "a:b:ключ", "v", 1);

        caches.invalidate(Key.of("größe:a:b:ключ"));

        assertThat(near.get("a:b:ключ")).isNull();
    }

    @Test
    void sizeIsBounded() {
        NearCache<String> near = caches.create("c", NearCacheOptions.ofSize(10));
        for (int i = 0; i < 1_000; i++) {
            near.keep(near.load(), "k" + i, "v", 1);
        }

        assertThat(near.stats().size()).isLessThanOrEqualTo(10);
    }

    @Test
    void bytesAreBounded() {
        NearCache<String> near = caches.create("c", NearCacheOptions.ofBytes(10_000));
        for (int i = 0; i < 1_000; i++) {
            near.keep(near.load(), "k" + i, "v", 1_000);
        }

        assertThat(near.stats().size()).isBetween(1L, 9L);
    }

    @Test
    void valuesLiveLongerOnlyWhileAFeedAnswersForThem() {
        NearCache<String> near = caches.create("c", fed());
        NearCaches.Feed feed = caches.openFeed();
        feed.renew(feed.nanos(), VALIDITY);
        near.keep(near.load(), "k", "v", 1);

        pass(Duration.ofMillis(1_900));
        assertThat(near.get("k")).isEqualTo("v");
        pass(Duration.ofMillis(100));
        assertThat(near.get("k")).isNull();
        assertThat(near.stats().fed()).isFalse();
    }

    @Test
    void feedThatIsRenewedKeepsEverything() {
        NearCache<String> near = caches.create("c", fed());
        NearCaches.Feed feed = caches.openFeed();
        feed.renew(feed.nanos(), VALIDITY);
        near.keep(near.load(), "k", "v", 1);

        for (int i = 0; i < 50; i++) {
            pass(Duration.ofSeconds(1));
            feed.renew(feed.nanos(), VALIDITY);
        }

        assertThat(near.get("k")).isEqualTo("v");
        assertThat(near.stats().cleared()).isEqualTo(1);
    }

    @Test
    void feedThatBeginsAgainAfterItLapsedDropsEverything() {
        NearCache<String> near = caches.create("c", fed());
        NearCaches.Feed feed = caches.openFeed();
        feed.renew(feed.nanos(), VALIDITY);
        pass(Duration.ofSeconds(5));
        near.keep(near.load(), "k", "v", 1);
        NearCache.Load before = near.load();

        feed.renew(feed.nanos(), VALIDITY);
        near.keep(before, "k2", "v", 1);

        assertThat(near.get("k")).isNull();
        assertThat(near.get("k2")).isNull();
        assertThat(near.stats().cleared()).isEqualTo(2);
    }

    @Test
    void gapDropsEverythingAndShortensLivesUntilTheFeedBeginsAgain() {
        NearCache<String> near = caches.create("c", fed());
        NearCaches.Feed feed = caches.openFeed();
        feed.renew(feed.nanos(), VALIDITY);
        near.keep(near.load(), "k", "v", 1);

        feed.lost();
        assertThat(near.get("k")).isNull();
        near.keep(near.load(), "k", "v", 1);
        pass(Duration.ofMillis(500));
        assertThat(near.get("k")).isNull();
    }

    @Test
    void allFeedsMustAnswer() {
        NearCache<String> near = caches.create("c", fed());
        NearCaches.Feed first = caches.openFeed();
        NearCaches.Feed second = caches.openFeed();
        first.renew(first.nanos(), VALIDITY);
        assertThat(near.stats().fed()).isFalse();
        second.renew(second.nanos(), VALIDITY);
        assertThat(near.stats().fed()).isTrue();

        second.close();
        assertThat(near.stats().fed()).isTrue();
        first.close();
        assertThat(near.stats().fed()).isFalse();
    }

    @Test
    void answerThatComesTooLateIsNone() {
        NearCache<String> near = caches.create("c", fed());
        NearCaches.Feed feed = caches.openFeed();
        long asked = feed.nanos();
        pass(VALIDITY);

        feed.renew(asked, VALIDITY);

        assertThat(near.stats().fed()).isFalse();
    }

    /** Writers that bump a counter and readers that keep what they saw: nothing that is served may be older than the last write that had ended. */
    @Test
    void noReaderIsServedAValueOlderThanAWriteThatHadEnded() throws Exception {
        NearCache<Integer> near = caches.create("c", OPTIONS.expireAfterWrite(Duration.ofDays(1)));
        AtomicInteger memcached = new AtomicInteger();
        AtomicInteger settled = new AtomicInteger();
        AtomicInteger older = new AtomicInteger();
        CountDownLatch written = new CountDownLatch(1);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            for (int i = 0; i < 3; i++) {
                threads.execute(() -> {
                    while (written.getCount() > 0) {
                        int least = settled.get();
                        NearCache.Load load = near.load();
                        Integer kept = near.get("k");
                        if (kept == null) {
                            near.keep(load, "k", memcached.get(), 1);
                        } else if (kept < least) {
                            older.incrementAndGet();
                        }
                    }
                });
            }
            Future<?> writer = threads.submit(() -> {
                for (int i = 1; i <= 20_000; i++) {
                    NearCaches.Writing writing = caches.beginWrite(Key.of("c:k"));
                    memcached.set(i);
                    writing.end();
                    settled.set(i);
                }
                written.countDown();
            });
            writer.get(60, TimeUnit.SECONDS);
        } finally {
            written.countDown();
            threads.shutdown();
        }

        assertThat(threads.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        assertThat(older).hasValue(0);
    }

    /** The names of caches that programs make up, one per tenant or per request, were kept for good. */
    @Test
    void namesOfCachesThatNobodyHoldsAreForgotten() {
        for (int i = 0; i < 10; i++) {
            WeakReference<NearCache<String>> dropped = new WeakReference<>(caches.create("tenant-" + i, OPTIONS));
            Awaitility.await().until(() -> {
                System.gc();
                return dropped.refersTo(null);
            });
        }
        NearCache<String> held = caches.create("held", OPTIONS);

        assertThat(caches.names()).containsExactly("held");
        assertThat(held.get("k")).isNull();
    }

    @Test
    void badOptionsAreRefused() {
        assertThatThrownBy(() -> NearCacheOptions.ofSize(0)).hasMessage("maximumSize must be at least 1, was 0");
        assertThatThrownBy(() -> NearCacheOptions.ofBytes(-1)).hasMessage("maximumBytes must be at least 1, was -1");
        assertThatThrownBy(() -> OPTIONS.expireAfterWrite(Duration.ZERO))
                .hasMessage("expireAfterWrite must be from 1 ms to 1 day, was PT0S");
        assertThatThrownBy(() -> OPTIONS.expireAfterWriteWithFeed(Duration.ofDays(2)))
                .hasMessage("expireAfterWriteWithFeed must be from 1 ms to 1 day, was PT48H");
        assertThatThrownBy(() -> OPTIONS.jitter(1)).hasMessage("jitter must be from 0 to less than 1, was 1.0");
    }

    private static NearCacheOptions fed() {
        return OPTIONS.expireAfterWrite(Duration.ofMillis(500)).expireAfterWriteWithFeed(Duration.ofHours(1));
    }

    private static int served(NearCache<String> near, int keys) {
        int served = 0;
        for (int i = 0; i < keys; i++) {
            served += near.get("k" + i) == null ? 0 : 1;
        }
        return served;
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }
}
