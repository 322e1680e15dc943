package io.evcache.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.evcache.client.GetResult.Status;
import io.evcache.core.tls.Tls;
import io.evcache.testkit.EmbeddedMemcached;
import io.evcache.testkit.FaultProxy;
import io.evcache.testkit.TestAuthority;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Bulk reads over TLS from a server that stops reading, for so long that the socket takes no more, and reads again. */
class BulkReadsUnderFaultsTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration SHORT = Duration.ofMillis(200);
    private static final int ROUNDS = 3;

    /** With their keys nearly 15 MB: the kernel keeps about eight on both ends of a connection that nobody reads from. */
    private static final int CALLS = 60;

    private static final int KEYS = 1_000;
    private static final TestAuthority AUTHORITY = TestAuthority.create();

    private final EmbeddedMemcached server =
            EmbeddedMemcached.builder().tls(AUTHORITY.issue("127.0.0.1")).start();
    private final FaultProxy proxy = FaultProxy.to(server.address());
    private final EvCacheClient client = EvCacheClient.connect(EvCacheConfig.builder("a=" + proxy.address())
            .tls(Tls.trusting(AUTHORITY.certificate()))
            .connectTimeout(LONG)
            .readTimeout(LONG)
            .writeTimeout(LONG)
            .connectionsPerNode(1)
            .maxInFlightPerConnection(2 * CALLS * KEYS)
            .build());
    private final EvCache<String> cache = client.cache("bulk");
    private final List<String> names = new ArrayList<>();
    private final Map<String, String> stored = new LinkedHashMap<>();

    @BeforeEach
    void storeEverySecond() {
        EvCacheClientTest.awaitConnected(client);
        for (int i = 0; i < KEYS; i++) {
            String name = i + "-" + "k".repeat(230);
            names.add(name);
            if (i % 2 == 0) {
                stored.put(name, "value of " + name);
            }
        }
        assertThat(cache.setAll(stored)).isEmpty();
    }

    @AfterEach
    void close() {
        client.close();
        proxy.close();
        server.close();
    }

    @AfterAll
    static void removeCertificates() {
        AUTHORITY.close();
    }

    @Test
    void eachKeyGetsItsOwnValueWhenTheServerReadsAgain() throws Exception {
        proxy.toServer().blackHole();
        List<CompletableFuture<Map<String, String>>> calls = new ArrayList<>();
        for (int i = 0; i < CALLS; i++) {
            calls.add(cache.async().getAll(names));
        }
        assertThat(calls).noneMatch(CompletableFuture::isDone);

        proxy.toServer().heal();

        for (CompletableFuture<Map<String, String>> call : calls) {
            assertThat(call.get(60, TimeUnit.SECONDS)).isEqualTo(stored);
        }
    }

    @Test
    void callsEndWhileNothingIsReadAndTheirLateAnswersGoToNobody() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            client.update(settings -> settings.readTimeout(SHORT));
            proxy.toServer().blackHole();
            List<CompletableFuture<Map<String, GetResult<String>>>> calls = new ArrayList<>();
            for (int i = 0; i < CALLS; i++) {
                calls.add(cache.async().lookupAll(names));
            }

            for (CompletableFuture<Map<String, GetResult<String>>> call : calls) {
                assertThat(call.get(60, TimeUnit.SECONDS).values())
                        .hasSize(KEYS)
                        .allMatch(result -> result.status() == Status.FAILED);
            }
            assertThat(cache.getAll(names)).isEmpty();
            proxy.toServer().heal();
            client.update(settings -> settings.readTimeout(LONG));

            await().atMost(LONG).until(() -> rightOrMissing(cache.getAll(names)).equals(stored));
        }
    }

    /** Returns them, and throws if one is not what was stored under its key. */
    private Map<String, String> rightOrMissing(Map<String, String> found) {
        assertThat(stored).containsAllEntriesOf(found);
        return found;
    }
}
