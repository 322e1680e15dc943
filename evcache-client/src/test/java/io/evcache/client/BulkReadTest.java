package io.evcache.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evcache.client.pipeline.Interceptor;
import io.evcache.client.pipeline.Next;
import io.evcache.client.pipeline.Read;
import io.evcache.client.pipeline.ReadResult;
import io.evcache.core.command.Pending;
import io.evcache.core.error.IllegalKeyException;
import io.evcache.core.value.Codec;
import io.evcache.testkit.EmbeddedZones;
import io.evcache.testkit.EmbeddedZonesExtension;
import java.time.Duration;
import java.util.List;
import java.util.Map;
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
