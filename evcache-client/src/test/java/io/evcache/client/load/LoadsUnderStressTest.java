package io.evcache.client.load;

import static java.util.Objects.requireNonNull;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evcache.client.EvCache;
import io.evcache.client.EvCacheClient;
import io.evcache.client.Loader;
import io.evcache.client.Patient;
import io.evcache.client.flight.LoadFailure;
import io.evcache.core.error.CallInterrupted;
import io.evcache.core.error.DeadlineExceeded;
import io.evcache.testkit.EmbeddedZones;
import io.evcache.testkit.EmbeddedZonesExtension;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Loaders that throw, hang, are many, or ask for more; callers that give up; a cache that is away. */
class LoadsUnderStressTest {
    private static final int CALLERS = 200;

    @RegisterExtension
    static final EmbeddedZonesExtension embedded = EmbeddedZonesExtension.of(1, "a", "b");

    private final AtomicInteger loads = new AtomicInteger();
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger mostRunning = new AtomicInteger();
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);
    private EvCacheClient client;
    private EvCache<String> cache;

    @BeforeEach
    void connect() {
        zones().reset();
        client = Patient.connect(zones().connectString());
        cache = client.cache("stress");
    }

    @AfterEach
    void close() {
        release.countDown();
        client.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void twoHundredCallersOfOneColdKeyCauseExactlyOneLoad(boolean leases) throws Exception {
        CacheAsideBuilder<String, String> builder = aside(key -> key + loads.incrementAndGet());
        try (CacheAside<String, String> aside = (leases ? builder.leases() : builder).build();
                Callers callers = new Callers(CALLERS)) {
            for (int round = 0; round < 20; round++) {
                String key = "cold-" + round + "-";
                int before = loads.get();

                List<Object> outcomes = Callers.outcomes(callers.start(() -> aside.get(key)));

                assertThat(outcomes).hasSize(CALLERS).containsOnly(key + (before + 1));
                assertThat(loads).hasValue(before + 1);
            }
        }
    }

    @Test
    void callersShareOneException() throws Exception {
        IllegalStateException broken = new IllegalStateException("database down");
        try (CacheAside<String, String> aside = aside(key -> {
                            await(release);
                            loads.incrementAndGet();
                            throw broken;
                        })
                        .build();
                Callers callers = new Callers(20)) {
            List<Future<String>> answers = callers.start(() -> aside.get("k"));
            Awaitility.await().until(() -> aside.stats().shared() == 19);
            release.countDown();

            assertThat(Callers.outcomes(answers)).hasSize(20).allMatch(outcome -> outcome == broken);
            assertThat(loads).hasValue(1);
            assertThat(aside.stats().loadFailures()).isEqualTo(1);
        }
    }

    @Test
    void whatIsThrownIsNotCachedAndCheckedExceptionsAreCauses() {
        AtomicReference<Throwable> thrown = new AtomicReference<>(new IOException("disk"));
        try (CacheAside<String, String> aside = aside(key -> {
                    Throwable next = thrown.getAndSet(null);
                    if (next instanceof Exception exception) {
                        throw exception;
                    } else if (next instanceof Error error) {
                        throw error;
                    }
                    return "fine";
                })
                .build()) {
            assertThatThrownBy(() -> aside.get("k"))
                    .isInstanceOf(LoadFailure.class)
                    .hasMessageContaining("stress:k")
                    .hasRootCauseInstanceOf(IOException.class);
            thrown.set(new StackOverflowError());
            assertThatThrownBy(() -> aside.get("k")).isInstanceOf(StackOverflowError.class);
            thrown.set(new IOException("again"));
            assertThat(aside.async().get("k"))
                    .failsWithin(Duration.ofSeconds(30))
                    .withThrowableThat()
                    .withCauseInstanceOf(LoadFailure.class)
                    .withRootCauseInstanceOf(IOException.class);

            assertThat(aside.get("k")).isEqualTo("fine");
        }
    }

    @Test
    void theEndOfACallersPatienceEndsItsWaitAndNotTheLoad() {
        try (CacheAside<String, String> aside = aside(this::slow).build()) {
            assertThatThrownBy(() -> aside.get("k", Duration.ofMillis(20)))
                    .isInstanceOf(DeadlineExceeded.class)
                    .hasMessageContaining("stress:k was not loaded within 20 ms; the load goes on");

            release.countDown();
            assertThat(aside.get("k")).isEqualTo("k1");
            assertThat(loads).hasValue(1);
        }
    }

    @Test
    void aLoadThatHangsHoldsUpItsKeyAndNoOther() {
        try (CacheAside<String, String> aside = aside(key -> key.equals("hung") ? slow(key) : key)
                .loadTimeout(Duration.ofMillis(50))
                .build()) {
            assertThatThrownBy(() -> aside.get("hung")).isInstanceOf(DeadlineExceeded.class);
            assertThatThrownBy(() -> aside.async().get("hung").join()).hasCauseInstanceOf(DeadlineExceeded.class);
            assertThatThrownBy(() -> aside.getAll(List.of("hung"))).isInstanceOf(DeadlineExceeded.class);

            assertThat(aside.get("other", Duration.ofSeconds(30))).isEqualTo("other");
            Awaitility.await().until(() -> aside.runningLoads() == 1);
            assertThat(loads).hasValue(1);
        }
    }

    @Test
    void anInterruptEndsTheWaitOfThatCallerOnly() throws Exception {
        try (CacheAside<String, String> aside = aside(this::slow).build();
                Callers caller = new Callers(1)) {
            AtomicReference<Thread> thread = new AtomicReference<>();
            Future<String> interrupted = caller.start(() -> {
                        thread.set(Thread.currentThread());
                        try {
                            return aside.get("k");
                        } catch (CallInterrupted e) {
                            return "interrupted, flag " + Thread.currentThread().isInterrupted();
                        }
                    })
                    .get(0);
            await(begun);
            CompletableFuture<String> other = aside.async().get("k");
            requireNonNull(thread.get()).interrupt();

            assertThat(interrupted.get(30, SECONDS)).isEqualTo("interrupted, flag true");
            release.countDown();
            assertThat(other.get(30, SECONDS)).isEqualTo("k1");
        }
    }

    @Test
    void aCancelledFutureEndsThatCallersWaitOnly() throws Exception {
        try (CacheAside<String, String> aside = aside(this::slow).build()) {
            CompletableFuture<String> cancelled = aside.async().get("k");
            CompletableFuture<String> other = aside.async().get("k");
            await(begun);
            cancelled.cancel(true);
            release.countDown();

            assertThat(other.get(30, SECONDS)).isEqualTo("k1");
        }
    }

    @Test
    void aLoaderThatAsksForItsOwnKeyIsTold() {
        AtomicReference<CacheAside<String, String>> self = new AtomicReference<>();
        try (CacheAside<String, String> aside =
                aside(key -> requireNonNull(self.get()).get(key)).build()) {
            self.set(aside);

            assertThatThrownBy(() -> aside.get("k"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("stress:k asks for itself");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void loadersMayAskForOtherKeysEvenWithASinglePermit(boolean leases) {
        AtomicReference<CacheAside<String, String>> self = new AtomicReference<>();
        CacheAsideBuilder<String, String> builder = aside(key ->
                        key.length() > 5 ? key : requireNonNull(self.get()).get(key + "+"))
                .maxConcurrentLoads(1);
        try (CacheAside<String, String> aside = (leases ? builder.leases() : builder).build()) {
            self.set(aside);

            assertThat(aside.get("k", Duration.ofSeconds(30))).isEqualTo("k+++++");
        }
    }

    @Test
    void aBulkLoaderMayAskForOtherKeysOfTheSameCache() {
        AtomicReference<CacheAside<String, String>> self = new AtomicReference<>();
        try (CacheAside<String, String> aside = aside(key -> "one " + key)
                .bulkLoader(keys -> {
                    Map<String, String> values = new HashMap<>();
                    keys.forEach(
                            key -> values.put(key, requireNonNull(self.get()).get("of-" + key)));
                    return values;
                })
                .maxConcurrentLoads(1)
                .build()) {
            self.set(aside);

            assertThat(aside.getAll(List.of("a", "b"))).isEqualTo(Map.of("a", "one of-a", "b", "one of-b"));
        }
    }

    @Test
    void withTheCacheAwayEveryCallReachesTheSourceAndNeverTooManyAtOnce() throws Exception {
        try (CacheAside<String, String> aside =
                        aside(this::counted).maxConcurrentLoads(4).leases().build();
                Callers callers = new Callers(50)) {
            zones().stopZone("a");
            zones().stopZone("b");
            AtomicInteger next = new AtomicInteger();

            List<Object> outcomes = Callers.outcomes(callers.start(() -> aside.get("k" + next.incrementAndGet())));
            outcomes.addAll(Callers.outcomes(callers.start(() -> aside.get("k" + next.incrementAndGet()))));

            assertThat(outcomes).hasSize(100).allMatch(outcome -> outcome instanceof String);
            assertThat(loads).hasValue(100);
            assertThat(mostRunning.get()).isBetween(1, 4);

            zones().startZone("a");
            zones().startZone("b");
            Awaitility.await().until(() -> {
                String value = aside.get("back");
                return value != null && value.equals(cache.get("back"));
            });
            int before = loads.get();
            assertThat(aside.get("back")).isNotNull();
            assertThat(loads).hasValue(before);
        }
    }

    @Test
    void withTheCacheHungEveryCallReachesTheSource() throws Exception {
        try (EvCacheClient hurried = EvCacheClient.connect(zones().connectString());
                CacheAside<String, String> aside = CacheAside.over(hurried.cache("stress"), (String key) -> key)
                        .loader(this::counted)
                        .loadTimeout(Duration.ofSeconds(10))
                        .leases()
                        .build();
                Callers callers = new Callers(10)) {
            zones().hangZone("a");
            zones().hangZone("b");
            AtomicInteger next = new AtomicInteger();

            assertThat(Callers.outcomes(callers.start(() -> aside.get("k" + next.incrementAndGet()))))
                    .allMatch(outcome -> outcome instanceof String);
            assertThat(loads).hasValue(10);
        }
    }

    @Test
    void whatIsTooMuchIsRefusedAtOnce() throws Exception {
        try (CacheAside<String, String> aside =
                aside(this::slow).maxConcurrentLoads(1).maxWaitingLoads(2).build()) {
            CompletableFuture<String> runs = aside.async().get("a");
            await(begun);
            CompletableFuture<String> waits = aside.async().get("b");
            CompletableFuture<String> waitsToo = aside.async().get("c");
            Awaitility.await().until(() -> aside.waitingLoads() == 2);

            assertThatThrownBy(() -> aside.get("d"))
                    .isInstanceOf(LoadRejected.class)
                    .hasMessageContaining("1 loads are running and 2 waiting");
            release.countDown();

            assertThat(List.of(runs.get(30, SECONDS), waits.get(30, SECONDS), waitsToo.get(30, SECONDS)))
                    .containsExactly("a1", "b2", "c3");
            assertThat(aside.get("d")).isEqualTo("d4");
            assertThat(aside.stats().rejected()).isEqualTo(1);
        }
    }

    @Test
    void anExecutorThatRefusesIsAnAnswerAndCostsNoPermit() {
        AtomicInteger refusals = new AtomicInteger(3);
        try (CacheAside<String, String> aside = aside(key -> key)
                .maxConcurrentLoads(1)
                .loadExecutor(task -> {
                    if (refusals.getAndDecrement() > 0) {
                        throw new RejectedExecutionException("full");
                    }
                    new Thread(task).start();
                })
                .build()) {
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> aside.get("k"))
                        .isInstanceOf(LoadRejected.class)
                        .hasMessageContaining("executor of loads refused");
            }

            assertThat(aside.get("k")).isEqualTo("k");
        }
    }

    @Test
    void afterCloseWhatIsCachedIsServedAndNothingIsLoaded() throws Exception {
        CacheAside<String, String> aside =
                aside(this::slow).maxConcurrentLoads(1).build();
        cache.set("cached", "value");
        CompletableFuture<String> runs = aside.async().get("runs");
        await(begun);
        CompletableFuture<String> waits = aside.async().get("waits");
        Awaitility.await().until(() -> aside.waitingLoads() == 1);

        aside.close();
        aside.close();

        assertThatThrownBy(() -> waits.get(30, SECONDS)).hasCauseInstanceOf(LoadRejected.class);
        assertThat(aside.get("cached")).isEqualTo("value");
        assertThatThrownBy(() -> aside.get("k")).isInstanceOf(LoadRejected.class);
        release.countDown();
        assertThat(runs.get(30, SECONDS)).isEqualTo("runs1");
    }

    private CacheAsideBuilder<String, String> aside(Loader<String, String> loader) {
        return CacheAside.over(cache, (String key) -> key).loader(loader).loadTimeout(Duration.ofSeconds(10));
    }

    private String slow(String key) {
        begun.countDown();
        String value = key + loads.incrementAndGet();
        await(release);
        return value;
    }

    private String counted(String key) {
        mostRunning.accumulateAndGet(running.incrementAndGet(), Math::max);
        Thread.onSpinWait();
        loads.incrementAndGet();
        running.decrementAndGet();
        return key;
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static EmbeddedZones zones() {
        return embedded.zones();
    }
}
