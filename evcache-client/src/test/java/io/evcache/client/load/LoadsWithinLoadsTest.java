package io.evcache.client.load;

import static java.util.Objects.requireNonNull;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evcache.client.EvCache;
import io.evcache.client.EvCacheClient;
import io.evcache.client.Patient;
import io.evcache.client.flight.LoadFailure;
import io.evcache.core.error.CallInterrupted;
import io.evcache.testkit.Capabilities;
import io.evcache.testkit.EmbeddedZones;
import io.evcache.testkit.EmbeddedZonesExtension;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Loads that wait for loads, and threads that are interrupted on the way. */
class LoadsWithinLoadsTest {
    @RegisterExtension
    static final EmbeddedZonesExtension embedded =
            EmbeddedZonesExtension.of(EmbeddedZones.builder().zones(1, "a", "b").capabilities(Capabilities.V1_6_18));

    private final AtomicInteger loads = new AtomicInteger();
    private EvCacheClient client;
    private EvCache<String> cache;

    @BeforeEach
    void connect() {
        zones().reset();
        client = Patient.connect(zones().connectString(), "a");
        cache = client.cache("nest");
    }

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void loaderMayAskForAKeyWhoseLoadWaitsForItsTurn() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch queued = new CountDownLatch(1);
        AtomicReference<CacheAside<String, String>> self = new AtomicReference<>();
        try (CacheAside<String, String> aside = CacheAside.over(cache, (String key) -> key)
                .loader(key -> {
                    if (key.equals("parent")) {
                        begun.countDown();
                        queued.await();
                        return "with " + requireNonNull(self.get()).get("child");
                    }
                    return "v";
                })
                .loadTimeout(Duration.ofSeconds(3))
                .maxConcurrentLoads(1)
                .build()) {
            self.set(aside);
            CompletableFuture<String> parent = aside.async().get("parent");
            assertThat(begun.await(30, SECONDS)).isTrue();
            CompletableFuture<String> child = aside.async().get("child");
            Awaitility.await().until(() -> aside.waitingLoads() == 1);
            queued.countDown();

            assertThat(parent.get(30, SECONDS)).isEqualTo("with v");
            assertThat(child.get(30, SECONDS)).isEqualTo("v");
        }
    }

    @Test
    void loaderMayAskForAKeyThatAnotherJvmLoadsForTooLong() throws Exception {
        CountDownLatch hang = new CountDownLatch(1);
        CountDownLatch leased = new CountDownLatch(1);
        AtomicReference<CacheAside<String, String>> self = new AtomicReference<>();
        try (EvCacheClient second = Patient.connect(zones().connectString(), "b");
                CacheAside<String, String> jvm = CacheAside.over(second.cache("nest"), (String key) -> key)
                        .loader(key -> {
                            leased.countDown();
                            hang.await();
                            return "late";
                        })
                        .loadTimeout(Duration.ofSeconds(20))
                        .leases(Duration.ofSeconds(60), Duration.ofSeconds(10))
                        .build();
                CacheAside<String, String> aside = CacheAside.over(cache, (String key) -> key)
                        .loader(key -> key.equals("parent")
                                ? "with " + requireNonNull(self.get()).get("child")
                                : "v")
                        .loadTimeout(Duration.ofSeconds(5))
                        .leases(Duration.ofSeconds(60), Duration.ofMillis(500))
                        .maxConcurrentLoads(1)
                        .build()) {
            self.set(aside);
            jvm.async().get("child");
            assertThat(leased.await(30, SECONDS)).isTrue();
            try {
                assertThat(aside.get("parent")).isEqualTo("with v");
            } finally {
                hang.countDown();
            }
        }
    }

    @Test
    void asyncTwinFailsWithWhatTheBlockingCallThrows() {
        try (CacheAside<String, String> aside = CacheAside.over(cache, (String key) -> key)
                .loader(key -> {
                    throw new IOException("down");
                })
                .build()) {
            assertThatThrownBy(() -> aside.get("k")).isInstanceOf(LoadFailure.class);
            assertThatThrownBy(() -> aside.async().get("k").get(30, SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .isInstanceOf(LoadFailure.class);
        }
    }

    @Test
    void loaderMayAskForOtherKeysThroughTheAsyncTwin() {
        AtomicReference<CacheAside<String, String>> self = new AtomicReference<>();
        try (CacheAside<String, String> aside = CacheAside.over(cache, (String key) -> key)
                .loader(key -> key.equals("parent")
                        ? requireNonNull(self.get()).async().get("child").join()
                        : "v")
                .loadTimeout(Duration.ofSeconds(3))
                .maxConcurrentLoads(1)
                .build()) {
            self.set(aside);
            assertThat(aside.get("parent", Duration.ofSeconds(10))).isEqualTo("v");
        }
    }

    @Test
    void loaderThatLeavesTheInterruptFlagSetDoesNotFailTheLoadsBehindIt() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        try (CacheAside<String, String> aside = CacheAside.over(cache, (String key) -> key)
                .loader(key -> {
                    if (key.equals("first")) {
                        begun.countDown();
                        release.await();
                        throw new InterruptedException("of a query that was cancelled");
                    }
                    if (Thread.currentThread().isInterrupted()) { // as any query looks
                        throw new InterruptedException();
                    }
                    return key;
                })
                .maxConcurrentLoads(1)
                .build()) {
            aside.async().get("first");
            assertThat(begun.await(30, SECONDS)).isTrue();
            List<CompletableFuture<String>> behind = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                behind.add(aside.async().get("k" + i));
            }
            Awaitility.await().until(() -> aside.waitingLoads() == 10);
            release.countDown();

            Awaitility.await().until(() -> behind.stream().allMatch(CompletableFuture::isDone));
            assertThat(behind.stream()
                            .filter(CompletableFuture::isCompletedExceptionally)
                            .count())
                    .isZero();
        }
    }

    @Test
    void interruptedCallerOfACachedKeyCausesNoLoad() {
        try (CacheAside<String, String> aside = CacheAside.over(cache, (String key) -> key)
                .loader(key -> "v" + loads.incrementAndGet())
                .build()) {
            assertThat(aside.get("k")).isEqualTo("v1");
            Awaitility.await().until(() -> aside.loadsInFlight() == 0);
            for (int i = 0; i < 10; i++) {
                Thread.currentThread().interrupt();
                try {
                    aside.get("k");
                } catch (CallInterrupted e) {
                    // as said
                } finally {
                    Thread.interrupted();
                }
                Awaitility.await().until(() -> aside.loadsInFlight() == 0);
            }
            assertThat(loads).hasValue(1);
        }
    }

    private static EmbeddedZones zones() {
        return embedded.zones();
    }
}
