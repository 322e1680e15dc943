package io.evcache.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.evcache.client.GetResult.Status;
import io.evcache.client.pipeline.WriteLatch;
import io.evcache.client.pipeline.WriteResult;
import io.evcache.core.error.NodeUnavailable;
import io.evcache.core.topology.Topology;
import io.evcache.testkit.EmbeddedZones;
import io.evcache.testkit.EmbeddedZonesExtension;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ClientLifecycleTest {
    @RegisterExtension
    static final EmbeddedZonesExtension servers = EmbeddedZonesExtension.of(1, "a", "b");

    private final EmbeddedZones zones = servers.zones();

    @Test
    void closeLeavesNoThreadAndNoConnectionAndMayBeRepeated() {
        EvCacheClient client = EvCacheClient.connect(servers.connectString());
        EvCacheClientTest.awaitConnected(client);
        EvCache<String> cache = client.cache("c");
        cache.set("k", "v");
        assertThat(cache.async().get("k").join()).isEqualTo("v");
        assertThat(Leftovers.threads()).isNotEmpty();

        client.close();
        client.close();

        await().untilAsserted(() -> assertThat(Leftovers.threads()).isEmpty());
        await().until(() ->
                zones.node("a", 0).connections() + zones.node("b", 0).connections() == 0);
    }

    @Test
    void callsAfterCloseFailAsWhenTheCacheIsDown() {
        EvCacheClient client = EvCacheClient.connect(servers.connectString());
        EvCache<String> cache = client.cache("c");

        client.close();

        assertThat(cache.get("k")).isNull();
        assertThat(cache.lookup("k").cause())
                .isInstanceOf(NodeUnavailable.class)
                .hasMessageContaining("the client is closed"); // it said "is not connected", as of a node that is down
        assertThat(cache.set("k", "v")).isFalse();
        assertThat(cache.async().get("k").join()).isNull();
        assertThat(cache.async().set("k", "v").toCompletableFuture().join().isMet())
                .isFalse();
    }

    @Test
    void callsInFlightFailWhenTheClientIsClosed() throws Exception {
        EvCacheClient client = EvCacheClient.connect(EvCacheConfig.builder(servers.connectString())
                .readTimeout(Duration.ofMinutes(5))
                .writeTimeout(Duration.ofMinutes(5))
                .build());
        EvCacheClientTest.awaitConnected(client);
        zones.hangZone("a");
        zones.hangZone("b");
        CompletableFuture<GetResult<String>> read = client.cache("c").async().lookup("k");
        // The hung servers store it when they go on, which may be in the next test.
        WriteLatch write = client.cache("c").async().set("stored-later", "v");

        client.close();

        assertThat(read.get(30, TimeUnit.SECONDS).status()).isEqualTo(Status.FAILED);
        WriteResult settled = write.settled().toFuture().get(30, TimeUnit.SECONDS);
        assertThat(settled.isMet()).isFalse();
    }

    @Test
    void closeCompletesTheFuturesThatWaitBehindCallbacksThatBlock() {
        // The callback threads were ended with what was queued for them, so those futures never completed.
        EvCacheClient client = EvCacheClient.connect(servers.connectString());
        AsyncEvCache<String> cache = client.cache("c").async();
        int threads = Runtime.getRuntime().availableProcessors();
        CountDownLatch blocked = new CountDownLatch(threads);
        zones.hangZone("a"); // so that the answers come after the callbacks were attached
        for (int i = 0; i < threads; i++) {
            Future<?> unused = cache.get("k").thenRun(() -> {
                blocked.countDown();
                while (!Thread.interrupted()) {
                    LockSupport.park();
                }
            });
        }
        zones.resumeZone("a");
        await().until(() -> blocked.getCount() == 0);
        List<CompletableFuture<?>> behind = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            behind.add(cache.get("k"));
        }

        client.close();

        await().until(() -> behind.stream().allMatch(CompletableFuture::isDone));
        await().untilAsserted(() -> assertThat(Leftovers.threads()).isEmpty());
    }

    @Test
    void theFirstLineOfTheLogNamesTheTransport() {
        try (LogLines log = LogLines.of(EvCacheClient.class);
                EvCacheClient client = EvCacheClient.connect(servers.connectString())) {
            assertThat(log.lines())
                    .anyMatch(line -> line.startsWith("INFO [" + client.config().name() + "] started on Netty("));
        }
    }

    /** It was that of the system, in which an application server's applications are not. */
    @Test
    void callbacksHaveTheClassLoaderOfWhoConnected() throws Exception {
        Thread me = Thread.currentThread();
        ClassLoader before = me.getContextClassLoader();
        try (URLClassLoader application = new URLClassLoader(new URL[0], before)) {
            me.setContextClassLoader(application);
            try (EvCacheClient client = EvCacheClient.connect(servers.connectString())) {
                me.setContextClassLoader(before);
                EvCacheClientTest.awaitConnected(client);
                zones.hangZone("a"); // so that the answer comes after the callback was attached
                CompletableFuture<ClassLoader> seen = client.cache("c")
                        .async()
                        .lookup("k")
                        .thenApply(any -> Thread.currentThread().getContextClassLoader());
                zones.resumeZone("a");

                assertThat(seen.get(30, TimeUnit.SECONDS)).isSameAs(application);
            }
        } finally {
            me.setContextClassLoader(before);
        }
    }

    @Test
    void closedFromACallbackItStillEnds() throws Exception {
        EvCacheClient client = EvCacheClient.connect(servers.connectString());

        client.cache("c").async().get("k").thenRun(client::close).get(30, TimeUnit.SECONDS);

        await().untilAsserted(() -> assertThat(Leftovers.threads()).isEmpty());
    }

    @Test
    void executorOfTheUserRunsTheCallbacksAndGoesOn() {
        ExecutorService own = Executors.newSingleThreadExecutor(task -> new Thread(task, "own"));
        try (EvCacheClient client = EvCacheClient.builder(EvCacheConfig.parse(servers.connectString()))
                .callbackExecutor(own)
                .connect()) {
            AtomicReference<String> thread = new AtomicReference<>();
            zones.hangZone("a"); // so that the answer comes after the callback was attached
            CompletableFuture<Void> done = client.cache("c")
                    .async()
                    .get("k")
                    .thenRun(() -> thread.set(Thread.currentThread().getName()));
            zones.resumeZone("a");
            done.join();

            assertThat(thread).hasValue("own");
        } finally {
            assertThat(own.isShutdown()).isFalse();
            own.shutdownNow();
        }
    }

    @Test
    void startsDegradedAndRecovers() {
        zones.stopZone("a");
        try (EvCacheClient client = EvCacheClient.connect(EvCacheConfig.builder(servers.connectString())
                .readTimeout(Duration.ofSeconds(5))
                .build())) {
            EvCache<String> cache = client.cache("c");
            await().until(() -> cache.lookup("k").status() == Status.MISS);
            assertThat(cache.lookup("k").zone()).isEqualTo("b");

            zones.startZone("a");

            await().until(() -> cache.set("k", "v"));
            await().until(() -> Objects.equals(cache.lookup("k").zone(), "a"));
        }
    }

    @Test
    void startsWithNothingReachable() {
        zones.stopZone("a");
        zones.stopZone("b");

        try (EvCacheClient client = EvCacheClient.connect(servers.connectString())) {
            assertThat(client.cache("c").get("k")).isNull();
            assertThat(client.toString()).contains("not connected");
        }
    }

    @Test
    void providerThatCannotBeWatchedIsRefusedAndLeavesNothing() {
        EvCacheClient.Builder builder = EvCacheClient.builder(EvCacheConfig.parse(servers.connectString()))
                .topology(listener -> {
                    throw new IllegalStateException("no registry");
                });

        assertThatThrownBy(builder::connect)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("no registry");

        await().untilAsserted(() -> assertThat(Leftovers.threads()).isEmpty());
    }

    @Test
    void zonesMayArriveLateAndChange() {
        CompletableFuture<Consumer<Topology>> listener = new CompletableFuture<>();
        Topology all = Topology.parse(servers.connectString());
        EvCacheConfig config = EvCacheConfig.builder()
                .discoveredZones()
                .maxNodeLoss(1)
                .localZone("a")
                .connectTimeout(Duration.ofMillis(50))
                .readTimeout(Duration.ofSeconds(5))
                .build();
        try (EvCacheClient client = EvCacheClient.builder(config)
                .topology(told -> {
                    listener.complete(told::changed);
                    return () -> {};
                })
                .connect()) {
            EvCache<String> cache = client.cache("c");
            assertThat(cache.lookup("k").cause()).isInstanceOf(NodeUnavailable.class);
            assertThat(cache.set("k", "v")).isFalse();
            assertThat(cache.async().set("k", "v").byZone()).isEmpty();

            listener.join().accept(all);
            await().until(() -> cache.set("k", "v"));
            await().until(() -> Objects.equals(cache.lookup("k").zone(), "a"));

            listener.join().accept(Topology.of(all.zone("b").orElseThrow()));
            await().until(() -> Objects.equals(cache.lookup("k").zone(), "b"));
            assertThat(cache.lookup("k").value()).isEqualTo("v");
        }
    }
}
