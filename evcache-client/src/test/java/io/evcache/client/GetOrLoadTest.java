package io.evcache.client;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.evcache.client.flight.LoadFailure;
import io.evcache.core.error.CallInterrupted;
import io.evcache.core.error.CodecFailure;
import io.evcache.core.value.Codec;
import io.evcache.core.value.EncodedValue;
import io.evcache.core.value.KnownAbsent;
import io.evcache.core.value.Ttl;
import io.evcache.testkit.EmbeddedZones;
import io.evcache.testkit.EmbeddedZonesExtension;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class GetOrLoadTest {
    private static final int CALLERS = 200;

    @RegisterExtension
    static final EmbeddedZonesExtension embedded = EmbeddedZonesExtension.of(1, "a", "b");

    private final AtomicInteger loads = new AtomicInteger();
    private EvCacheClient client;
    private EvCache<String> cache;

    @BeforeEach
    void connect() {
        client = Patient.connect(zones().connectString());
        cache = client.cache("one");
    }

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void aMissIsLoadedStoredAndAHitIsNot() {
        assertThat(cache.getOrLoad("k", key -> key + loads.incrementAndGet())).isEqualTo("k1");
        assertThat(cache.getOrLoad("k", key -> key + loads.incrementAndGet())).isEqualTo("k1");

        // The caller has the value as soon as it is loaded, and does not wait until every zone has it.
        await().untilAsserted(() -> assertThat(zones().zonesHolding("one:k")).containsExactly("a", "b"));
    }

    @Test
    void callersOfOneColdKeyShareOneLoad() throws Exception {
        CountDownLatch started = new CountDownLatch(CALLERS);
        ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
        try {
            List<Future<String>> answers = new ArrayList<>();
            for (int i = 0; i < CALLERS; i++) {
                answers.add(callers.submit(() -> {
                    started.countDown();
                    started.await();
                    return cache.getOrLoad("cold", key -> "v" + loads.incrementAndGet());
                }));
            }

            for (Future<String> answer : answers) {
                assertThat(answer.get(30, SECONDS)).isEqualTo("v1");
            }
        } finally {
            callers.shutdownNow();
        }
        assertThat(loads).hasValue(1);
    }

    @Test
    void absentIsNullAndNotStored() {
        assertThat(cache.getOrLoad("nobody", key -> null)).isNull();

        assertThat(zones().zonesHolding("one:nobody")).isEmpty();
    }

    @Test
    void knownAbsentIsNotLoaded() {
        client.cache("one")
                .items()
                .set(cache.items().key("gone"), KnownAbsent.mark(), Ttl.ofSeconds(60))
                .settled()
                .toFuture()
                .join();

        assertThat(cache.getOrLoad("gone", key -> "v" + loads.incrementAndGet()))
                .isNull();
        assertThat(cache.get("gone")).isNull();
        assertThat(cache.getAll(List.of("gone"))).isEmpty();
        assertThat(cache.lookup("gone").status()).isEqualTo(GetResult.Status.KNOWN_ABSENT);
        assertThat(loads).hasValue(0);
    }

    @Test
    void whatTheLoaderThrowsReachesTheCallerAndIsNotCached() {
        IllegalStateException unchecked = new IllegalStateException("database down");
        IOException checked = new IOException("disk");

        assertThatThrownBy(() -> cache.getOrLoad("k", key -> {
                    throw unchecked;
                }))
                .isSameAs(unchecked);
        assertThatThrownBy(() -> cache.getOrLoad("k", key -> {
                    throw checked;
                }))
                .isInstanceOf(LoadFailure.class)
                .hasCause(checked)
                .hasMessageContaining("one:k");

        assertThat(cache.getOrLoad("k", key -> "fine")).isEqualTo("fine");
    }

    @Test
    void aLoaderThatAsksForItsOwnKeyIsTold() {
        assertThatThrownBy(() -> cache.getOrLoad("k", key -> cache.getOrLoad(key, again -> "v")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("one:k asks for itself");
    }

    @Test
    void aLoaderMayLoadAnotherKey() {
        assertThat(cache.getOrLoad("outer", key -> key + cache.getOrLoad("inner", inner -> inner)))
                .isEqualTo("outerinner");
    }

    @Test
    void anInterruptEndsTheWaitOfThatCallerAndNotTheLoadOfAnother() throws Exception {
        CountDownLatch loading = new CountDownLatch(1);
        CountDownLatch opened = new CountDownLatch(1);
        ExecutorService leader = Executors.newSingleThreadExecutor();
        try {
            Future<String> led = leader.submit(() -> cache.getOrLoad("k", key -> {
                loading.countDown();
                opened.await();
                return "v" + loads.incrementAndGet();
            }));
            assertThat(loading.await(30, SECONDS)).isTrue();

            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> cache.getOrLoad("k", key -> "not asked")).isInstanceOf(CallInterrupted.class);
            assertThat(Thread.interrupted()).isTrue();

            opened.countDown();
            assertThat(led.get(30, SECONDS)).isEqualTo("v1");
        } finally {
            leader.shutdownNow();
        }
    }

    @Test
    void aDeleteDuringTheLoadKeepsTheLoadedValueOut() {
        String loaded = cache.getOrLoad("k", key -> {
            cache.delete(key);
            return "old";
        });

        assertThat(loaded).isEqualTo("old");
        assertThat(cache.get("k")).isNull();
    }

    @Test
    void aSetDuringTheLoadStays() {
        cache.getOrLoad("k", key -> {
            cache.set(key, "newer");
            return "old";
        });

        assertThat(cache.get("k")).isEqualTo("newer");
    }

    @Test
    void withEveryNodeDownTheLoaderIsAsked() {
        zones().stopZone("a");
        zones().stopZone("b");

        assertThat(cache.getOrLoad("k", key -> "from the database")).isEqualTo("from the database");
    }

    @Test
    void aValueThatCannotBeDecodedIsReplaced() {
        cache.items()
                .set(cache.items().key("k"), new EncodedValue(new byte[] {(byte) 0xFF}, 0), Ttl.ofSeconds(60))
                .settled()
                .toFuture()
                .join();

        assertThat(cache.getOrLoad("k", key -> "good")).isEqualTo("good");
        assertThat(cache.getOrLoad("k", key -> "not asked")).isEqualTo("good");
    }

    /** The source had answered, and all who had asked got the codec's complaint instead. */
    @Test
    void aValueThatCannotBeEncodedReachesTheCallerAndIsNotCached() {
        EvCache<String> unable = client.cache("unable", new OnlyDecoding());

        assertThat(unable.getOrLoad("k", key -> "v" + loads.incrementAndGet())).isEqualTo("v1");
        assertThat(unable.getOrLoad("k", key -> "v" + loads.incrementAndGet())).isEqualTo("v2");

        assertThat(zones().zonesHolding("unable:k")).isEmpty();
    }

    @Test
    void aValueThatIsTooLargeReachesTheCallerAndIsNotCached() {
        String large = "x".repeat(2 << 20);

        assertThat(cache.getOrLoad("k", key -> loads.incrementAndGet() + large)).isEqualTo("1" + large);
        assertThat(cache.getOrLoad("k", key -> loads.incrementAndGet() + large)).isEqualTo("2" + large);

        assertThat(zones().zonesHolding("one:k")).isEmpty();
    }

    @Test
    void whatCannotBeDecodedStaysWhereItsSuccessorCannotBeEncoded() {
        cache.set("k", "there");
        await().untilAsserted(() -> assertThat(zones().zonesHolding("one:k")).containsExactly("a", "b"));
        EvCache<String> unable = client.cache("one", new NeitherWay());

        assertThat(unable.getOrLoad("k", key -> "loaded")).isEqualTo("loaded");

        assertThat(cache.get("k")).isEqualTo("there");
    }

    private static EmbeddedZones zones() {
        return embedded.zones();
    }

    private static class OnlyDecoding implements Codec<String> {
        @Override
        public EncodedValue encode(String value) {
            throw new IllegalStateException("no schema for " + value.length() + " characters");
        }

        @Override
        public String decode(EncodedValue value) {
            return Codec.utf8().decode(value);
        }
    }

    private static final class NeitherWay extends OnlyDecoding {
        @Override
        public String decode(EncodedValue value) {
            throw new CodecFailure("no schema for " + value.length() + " bytes");
        }
    }
}
