package io.evcache.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evcache.client.pipeline.CacheObserver;
import io.evcache.client.pipeline.Interceptor;
import io.evcache.client.pipeline.Next;
import io.evcache.client.pipeline.Read;
import io.evcache.client.pipeline.ReadResult;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Pending;
import io.evcache.core.error.EvCacheException;
import io.evcache.core.error.IllegalKeyException;
import io.evcache.core.value.Codec;
import io.evcache.testkit.EmbeddedZones;
import io.evcache.testkit.EmbeddedZonesExtension;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Bulk reads of more keys than a connection takes at once. */
class BulkReadTest {
    private static final int IN_FLIGHT = 10;

    @RegisterExtension
    static final EmbeddedZonesExtension servers =
            EmbeddedZonesExtension.of(EmbeddedZones.builder().zones(1, "a"));

    private final AtomicInteger reads = new AtomicInteger();
    private final List<String> names =
            IntStream.range(0, 35).mapToObj(i -> "k" + i).toList();
    private EvCacheClient client;
    private EvCache<String> cache;

    @BeforeEach
    void connect() {
        EvCacheConfig config = EvCacheConfig.builder(servers.zones().connectString())
                .readTimeout(Duration.ofSeconds(10))
                .writeTimeout(Duration.ofSeconds(10))
                .connectionsPerNode(1)
                .maxInFlightPerConnection(IN_FLIGHT)
                .build();
        client = EvCacheClient.builder(config).interceptor(new Counting()).connect();
        cache = client.cache("bulk");
        EvCacheClientTest.awaitConnected(client);
        names.forEach(name -> assertThat(cache.set(name, "value of " + name)).isTrue());
    }

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void moreKeysThanAConnectionTakesAtOnceAreAllAnswered() {
        Map<String, String> hits = cache.getAll(names);

        assertThat(hits.keySet()).containsExactlyElementsOf(names);
        assertThat(hits).allSatisfy((name, value) -> assertThat(value).isEqualTo("value of " + name));
    }

    @Test
    void theSameHoldsForCallersThatDoNotWait() {
        Map<String, String> hits = cache.async().getAll(names).join();

        assertThat(hits.keySet()).containsExactlyElementsOf(names);
        assertThat(hits).allSatisfy((name, value) -> assertThat(value).isEqualTo("value of " + name));
    }

    @Test
    void missesAreLeftOutAndDuplicatesAskedOnce() {
        Map<String, String> hits = cache.getAll(List.of("k3", "absent", "k1", "k3", "k1", "k2"));

        assertThat(hits.keySet()).containsExactly("k3", "k1", "k2");
        assertThat(reads).hasValue(4);
    }

    @Test
    void oneIllegalKeyRefusesAllBeforeAnythingIsSent() {
        assertThatThrownBy(() -> cache.getAll(List.of("k1", "with blank"))).isInstanceOf(IllegalKeyException.class);
        assertThatThrownBy(() -> cache.async().getAll(List.of("k1", "with blank")))
                .isInstanceOf(IllegalKeyException.class);
        assertThat(reads).hasValue(0);
    }

    @Test
    void everyKeyHasAResultAndWhatIsNotAnsweredInTimeHasFailed() {
        servers.zones().hangZone("a");
        EvCacheConfig impatient = EvCacheConfig.builder(servers.zones().connectString())
                .readTimeout(Duration.ofMillis(100))
                .connectionsPerNode(1)
                .maxInFlightPerConnection(IN_FLIGHT)
                .build();
        try (EvCacheClient hung = EvCacheClient.connect(impatient)) {
            Map<String, GetResult<String>> results =
                    hung.cache("bulk", Codec.utf8()).lookupAll(names);
            Map<String, GetResult<String>> async =
                    hung.cache("bulk").async().lookupAll(names).join();

            assertThat(results.keySet()).containsExactlyElementsOf(names);
            assertThat(async.keySet()).containsExactlyElementsOf(names);
            assertThat(results.values()).extracting(GetResult::status).containsOnly(GetResult.Status.FAILED);
            assertThat(async.values()).extracting(GetResult::status).containsOnly(GetResult.Status.FAILED);
        } finally {
            servers.zones().resumeZone("a");
        }
    }

    @Test
    void keysThatWereNotAnsweredOrNotEvenAskedInTimeSaySo() {
        Interceptor silent = new Interceptor() {
            @Override
            public Pending<ReadResult> read(Read read, Next next) {
                return Pending.open();
            }
        };
        EvCacheConfig impatient = EvCacheConfig.builder(servers.zones().connectString())
                .readTimeout(Duration.ofMillis(100))
                .connectionsPerNode(1)
                .maxInFlightPerConnection(IN_FLIGHT)
                .build();
        try (EvCacheClient other =
                EvCacheClient.builder(impatient).interceptor(silent).connect()) {
            Map<String, GetResult<String>> results = other.cache("bulk").lookupAll(names);

            assertThat(results.values())
                    .extracting(result -> String.valueOf(result.cause()))
                    .allMatch(cause -> cause.contains("DeadlineExceeded"))
                    .anyMatch(cause -> cause.contains("key k0 of a read of 35 keys was not answered within 100 ms"))
                    .anyMatch(cause -> cause.contains("key k34 of a read of 35 keys was not asked within 100 ms"));
        }
    }

    @Test
    void observersAreToldOfEveryKeyOnce() throws Exception {
        List<String> told = new CopyOnWriteArrayList<>();
        CountDownLatch all = new CountDownLatch(3);
        try (EvCacheClient observed = EvCacheClient.builder(client.config())
                .observer(new CacheObserver() {
                    @Override
                    public void read(Read read, ReadResult result, long nanos) {
                        String said = result.lookup() instanceof Lookup.Hit ? " hit in " : " miss in ";
                        told.add(read.command().key() + said + result.zone());
                        all.countDown();
                    }
                })
                .connect()) {
            EvCacheClientTest.awaitConnected(observed);

            assertThat(observed.cache("bulk").getAll(List.of("k1", "absent", "k2")))
                    .hasSize(2);

            assertThat(all.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(told).containsExactly("bulk:k1 hit in a", "bulk:absent miss in a", "bulk:k2 hit in a");
        }
    }

    @Test
    void observersAreToldOfKeysThatNobodyAnswersOnce() throws Exception {
        List<String> told = new CopyOnWriteArrayList<>();
        CountDownLatch all = new CountDownLatch(2);
        servers.zones().hangZone("a");
        EvCacheConfig impatient = EvCacheConfig.builder(servers.zones().connectString())
                .readTimeout(Duration.ofMillis(100))
                .build();
        try (EvCacheClient hung = EvCacheClient.builder(impatient)
                .observer(new CacheObserver() {
                    @Override
                    public void readFailed(Read read, EvCacheException failure, long nanos) {
                        told.add(read.command().key().toString());
                        all.countDown();
                    }
                })
                .connect()) {
            assertThat(hung.cache("bulk").getAll(List.of("k1", "k2"))).isEmpty();
            assertThat(all.await(10, TimeUnit.SECONDS)).isTrue();
        } finally {
            servers.zones().resumeZone("a");
        }
        assertThat(told).containsExactly("bulk:k1", "bulk:k2");
    }

    @Test
    void interceptorThatPassesReadsIsNotAskedAboutTheirKeys() {
        Interceptor writesOnly = new Interceptor() {
            @Override
            public Pending<ReadResult> read(Read read, Next next) {
                reads.incrementAndGet();
                return next.read(read);
            }

            @Override
            public boolean passesReads() {
                return true;
            }
        };
        try (EvCacheClient other =
                EvCacheClient.builder(client.config()).interceptor(writesOnly).connect()) {
            EvCacheClientTest.awaitConnected(other);

            assertThat(other.cache("bulk").getAll(names)).hasSize(names.size());
        }
        assertThat(reads).hasValue(0);
    }

    @Test
    void noKeysAreNoHits() {
        assertThat(cache.getAll(List.of())).isEmpty();
        assertThat(cache.async().getAll(List.of()).join()).isEmpty();
    }

    private final class Counting implements Interceptor {
        @Override
        public Pending<ReadResult> read(Read read, Next next) {
            reads.incrementAndGet();
            return next.read(read);
        }
    }
}
