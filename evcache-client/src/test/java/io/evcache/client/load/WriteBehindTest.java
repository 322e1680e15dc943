package io.evcache.client.load;

import static java.util.Objects.requireNonNull;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evcache.client.EvCache;
import io.evcache.client.EvCacheClient;
import io.evcache.client.Patient;
import io.evcache.client.Undeclared;
import io.evcache.client.pipeline.Interceptor;
import io.evcache.client.pipeline.Next;
import io.evcache.client.pipeline.Write;
import io.evcache.client.pipeline.WriteLatch;
import io.evcache.core.command.Store;
import io.evcache.testkit.EmbeddedZones;
import io.evcache.testkit.EmbeddedZonesExtension;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WriteBehindTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final WriteBehindOptions PATIENT = WriteBehindOptions.DEFAULTS.maxDelay(LONG);

    @RegisterExtension
    static final EmbeddedZonesExtension embedded = EmbeddedZonesExtension.of(1, "a", "b");

    private final Map<String, Integer> database = new ConcurrentHashMap<>();
    private final List<Map<String, Integer>> batches = new CopyOnWriteArrayList<>();
    private final Map<String, Integer> lost = new ConcurrentHashMap<>();
    private final AtomicInteger failures = new AtomicInteger();
    private final AtomicBoolean holdsNextSet = new AtomicBoolean();
    private final CountDownLatch held = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);
    private EvCacheClient client;
    private CacheAside<String, Integer> aside;

    @BeforeEach
    void connect() {
        zones().flush();
        client = Patient.connect(zones().connectString(), holdingOneSet());
        EvCache<Integer> cache = client.cache("behind", new IntText());
        aside = CacheAside.over(cache, (String key) -> key)
                .loader(key -> database.getOrDefault(key, -1))
                .build();
    }

    @AfterEach
    void close() {
        goOn.countDown();
        aside.close();
        client.close();
    }

    @Test
    void aValueIsReadAtOnceAndWrittenInOneBatchWithOthers() {
        try (WriteBehind<String, Integer> behind = behind(PATIENT)) {
            behind.put("a", 1);
            behind.put("b", 2);
            behind.put("a", 3);

            assertThat(aside.get("a")).isEqualTo(3);
            assertThat(database).isEmpty();
            assertThat(behind.pending()).isEqualTo(2);
            assertThat(behind.flush(LONG)).isTrue();

            assertThat(batches).containsExactly(Map.of("a", 3, "b", 2));
            assertThat(behind.written()).isEqualTo(2);
            assertThat(aside.get("a")).isEqualTo(3);
        }
    }

    @Test
    void aFullBatchIsWrittenWithoutDelay() {
        try (WriteBehind<String, Integer> behind = behind(PATIENT.maxBatch(3))) {
            behind.put("a", 1);
            behind.put("b", 2);
            behind.put("c", 3);

            Awaitility.await().until(() -> behind.pending() == 0);
            assertThat(batches).containsExactly(Map.of("a", 1, "b", 2, "c", 3));
        }
    }

    @Test
    void aSingleValueIsWrittenAfterTheDelay() {
        try (WriteBehind<String, Integer> behind = behind(WriteBehindOptions.DEFAULTS.maxDelay(Duration.ofMillis(5)))) {
            behind.put("a", 1);

            Awaitility.await().until(() -> database.containsKey("a"));
        }
    }

    @Test
    void whatWaitsIsNeverLoadedFromTheSourceThatIsBehind() {
        database.put("a", 1);
        try (WriteBehind<String, Integer> behind = behind(PATIENT)) {
            behind.put("a", 2);
            zones().flush();

            assertThat(aside.get("a")).isEqualTo(2);
            zones().flush();
            assertThat(aside.refresh("a")).isEqualTo(2);
            assertThat(aside.getAll(List.of("a", "b"))).isEqualTo(Map.of("a", 2, "b", -1));
        }
        assertThat(database).containsEntry("a", 2);
    }

    @Test
    void afterTheWriteAnOldValueThatAnotherProgramCachedIsGone() {
        try (WriteBehind<String, Integer> behind = behind(PATIENT)) {
            behind.put("a", 2);
            client.cache("behind").set("a", "1"); // another program missed, and loaded what the source still had

            behind.flush(LONG);

            Awaitility.await().until(() -> Integer.valueOf(2).equals(aside.get("a")));
        }
    }

    /** The older value came into the cache after the newer one had been written and its key invalidated, and stayed until it expired. */
    @Test
    void aPutThatIsOvertakenLeavesNoOlderValueThanTheSourceHas() throws Exception {
        try (WriteBehind<String, Integer> behind = behind(PATIENT)) {
            Thread overtaken = putHeldUpBeforeItsSet(behind, "a", 1);
            behind.put("a", 2);
            assertThat(behind.flush(LONG)).isTrue();
            Awaitility.await().until(() -> zones().zonesHolding("behind:a").isEmpty());

            goOn.countDown();
            overtaken.join();

            Awaitility.await().until(() -> Integer.valueOf(2).equals(aside.get("a")));
        }
    }

    @Test
    void aPutThatIsOvertakenLeavesNoOlderValueThanWaits() throws Exception {
        try (WriteBehind<String, Integer> behind = behind(PATIENT)) {
            Thread overtaken = putHeldUpBeforeItsSet(behind, "a", 1);
            behind.put("a", 2);

            goOn.countDown();
            overtaken.join();

            Awaitility.await().until(() -> Integer.valueOf(2).equals(aside.get("a")));
            assertThat(database).isEmpty();
        }
    }

    @Test
    void aFailedBatchIsTriedAgainWithNewerValues() {
        failures.set(1);
        AtomicReference<WriteBehind<String, Integer>> self = new AtomicReference<>();
        try (WriteBehind<String, Integer> behind = aside.writeBehind(
                batch -> {
                    if (batches.isEmpty()) {
                        requireNonNull(self.get()).put("a", 3); // while the batch is in hand
                    }
                    write(batch);
                },
                PATIENT,
                (values, cause) -> lost.putAll(values))) {
            self.set(behind);
            behind.put("a", 1);
            behind.put("b", 2);

            assertThat(behind.flush(LONG)).isTrue();

            assertThat(batches).containsExactly(Map.of("a", 1, "b", 2), Map.of("a", 3, "b", 2));
            assertThat(database).isEqualTo(Map.of("a", 3, "b", 2));
            assertThat(behind.lost()).isZero();
        }
    }

    @Test
    void aValueThatCannotBeWrittenIsGivenUpAloneAndTold() {
        try (WriteBehind<String, Integer> behind = behind(PATIENT.retryFor(Duration.ofMillis(1)))) {
            behind.put("good", 1);
            behind.put("poison", -5);
            behind.put("fine", 2);

            assertThat(behind.flush(LONG)).isTrue();

            assertThat(database)
                    .containsEntry("good", 1)
                    .containsEntry("fine", 2)
                    .doesNotContainKey("poison");
            Awaitility.await().until(() -> lost.containsKey("poison"));
            assertThat(lost).isEqualTo(Map.of("poison", -5));
            assertThat(behind.lost()).isEqualTo(1);
            Awaitility.await().until(() -> Integer.valueOf(-1).equals(aside.get("poison")));
        }
    }

    /** It went back among the others after each success, and had their next batches fail and all of them pause. */
    @Test
    void aValueThatCannotBeWrittenIsSoonTriedAloneAndTheOthersAreWritten() {
        try (WriteBehind<String, Integer> behind = behind(
                WriteBehindOptions.DEFAULTS.maxDelay(Duration.ofMillis(1)).closeTimeout(Duration.ofMillis(1)))) {
            behind.put("poison", -5);
            for (int i = 0; i < 20; i++) {
                String key = "k" + i;
                behind.put(key, i);
                Awaitility.await().until(() -> database.containsKey(key));
            }

            assertThat(behind.pending()).isEqualTo(1);
            assertThat(batches)
                    .filteredOn(batch -> batch.size() > 1 && batch.containsKey("poison"))
                    .hasSizeLessThanOrEqualTo(3); // two before one is tried alone, one after others have been written
        }
    }

    /** The thread that writes ended with what was thrown without being declared, and nothing was written any more. */
    @ParameterizedTest
    @MethodSource("whatHandlersThrow")
    void whateverTheHandlerOfLossesThrowsTheRestIsWritten(Throwable thrown) {
        try (WriteBehind<String, Integer> behind =
                aside.writeBehind(this::write, PATIENT.retryFor(Duration.ofMillis(1)), (values, cause) -> {
                    lost.putAll(values);
                    throw Undeclared.thrown(thrown);
                })) {
            behind.put("poison", -5);
            assertThat(behind.flush(LONG)).isTrue();
            Awaitility.await().until(() -> lost.containsKey("poison"));

            behind.put("good", 1);

            assertThat(behind.flush(LONG)).isTrue();
            assertThat(database).containsEntry("good", 1);
        }
    }

    static List<Throwable> whatHandlersThrow() {
        return List.of(new IllegalStateException("no"), new InterruptedException("no"), new NoClassDefFoundError("no"));
    }

    /** Code that catches an InterruptedException sets the flag again. The thread that writes ended with it, and nothing was written any more. */
    @Test
    void anInterruptThatTheWriterLeavesSetIsForNobodyElse() {
        List<Boolean> handlerInterrupted = new CopyOnWriteArrayList<>();
        try (WriteBehind<String, Integer> behind = aside.writeBehind(
                batch -> {
                    Thread.currentThread().interrupt();
                    write(batch);
                },
                PATIENT.retryFor(Duration.ofMillis(1)),
                (values, cause) -> handlerInterrupted.add(Thread.currentThread().isInterrupted()))) {
            behind.put("poison", -5);
            behind.put("good", 1);

            assertThat(behind.flush(LONG)).isTrue();

            assertThat(database).isEqualTo(Map.of("good", 1));
            Awaitility.await().until(() -> !handlerInterrupted.isEmpty());
            assertThat(handlerInterrupted).containsExactly(false);
        }
    }

    @Test
    void anInterruptBetweenTwoBatchesDoesNotEndTheWriting() {
        AtomicReference<Thread> writing = new AtomicReference<>();
        try (WriteBehind<String, Integer> behind = aside.writeBehind(
                batch -> {
                    writing.set(Thread.currentThread());
                    write(batch);
                },
                PATIENT,
                (values, cause) -> lost.putAll(values))) {
            behind.put("a", 1);
            assertThat(behind.flush(LONG)).isTrue();

            requireNonNull(writing.get()).interrupt();
            behind.put("b", 2);

            assertThat(behind.flush(LONG)).isTrue();
            assertThat(database).isEqualTo(Map.of("a", 1, "b", 2));
        }
    }

    /** Each was too much for a long of nanoseconds; the thread that writes ended with the first failure, or a put, a flush or the close threw. */
    @Test
    void allTimesMayBeForEver() {
        Duration forEver = ChronoUnit.FOREVER.getDuration();
        failures.set(1);
        try (WriteBehind<String, Integer> behind = behind(new WriteBehindOptions(10, 10, forEver, forEver, forEver))) {
            behind.put("a", 1);

            assertThat(behind.flush(forEver)).isTrue();

            assertThat(batches).hasSize(2);
            assertThat(behind.toString()).contains("1 written");
        }
        assertThat(database).isEqualTo(Map.of("a", 1));
    }

    @Test
    void aKeyWhoseCodeFailsOnceIsWrittenAllTheSame() {
        AtomicBoolean fails = new AtomicBoolean(true);
        class Odd {
            @Override
            public int hashCode() {
                if (Thread.currentThread().getName().equals("evcache-write-behind") && fails.getAndSet(false)) {
                    throw new IllegalStateException("odd");
                }
                return 1;
            }

            @Override
            public boolean equals(Object other) {
                return other == this;
            }
        }
        List<Integer> written = new CopyOnWriteArrayList<>();
        EvCache<Integer> cache = client.cache("odd", new IntText());
        try (CacheAside<Odd, Integer> odd = CacheAside.over(cache, (Odd key) -> "odd")
                        .loader(key -> -1)
                        .build();
                WriteBehind<Odd, Integer> behind =
                        odd.writeBehind(batch -> written.addAll(batch.values()), PATIENT, (values, cause) -> {})) {
            behind.put(new Odd(), 1);

            assertThat(behind.flush(LONG)).isTrue();

            assertThat(fails).isFalse();
            assertThat(written).containsExactly(1);
        }
    }

    @Test
    void whatIsTooMuchIsRefusedAndChangesNothing() {
        try (WriteBehind<String, Integer> behind = behind(PATIENT.maxPending(2))) {
            behind.put("a", 1);
            behind.put("b", 1);

            assertThatThrownBy(() -> behind.put("c", 1))
                    .isInstanceOf(WriteBehindFull.class)
                    .hasMessageContaining("2 keys wait to be written (maxPending)");
            assertThat(zones().zonesHolding("behind:c")).isEmpty();
            behind.put("a", 2);
            assertThat(aside.get("a")).isEqualTo(2);
        }
    }

    @Test
    void closingWritesWhatWaitsAndTakesNoMore() {
        WriteBehind<String, Integer> behind = behind(PATIENT);
        behind.put("a", 1);
        behind.put("b", 2);

        behind.close();
        behind.close();

        assertThat(database).isEqualTo(Map.of("a", 1, "b", 2));
        assertThatThrownBy(() -> behind.put("c", 3)).isInstanceOf(IllegalStateException.class);
    }

    /** What was in hand was told to nobody: it was queued again, and tried for {@code retryFor} after the close. */
    @Test
    void whatCannotBeWrittenUntilTheEndIsToldAndNotTriedAgain() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch hung = new CountDownLatch(1);
        AtomicReference<Thread> writing = new AtomicReference<>();
        List<Map<String, Integer>> told = new CopyOnWriteArrayList<>();
        WriteBehind<String, Integer> behind = aside.writeBehind(
                batch -> {
                    batches.add(new HashMap<>(batch));
                    writing.set(Thread.currentThread());
                    begun.countDown();
                    hung.await();
                    throw new IllegalStateException("database down");
                },
                WriteBehindOptions.DEFAULTS.maxDelay(Duration.ofMillis(1)).closeTimeout(Duration.ofMillis(20)),
                (values, cause) -> told.add(new HashMap<>(values)));
        behind.put("a", 1);
        assertThat(begun.await(30, SECONDS)).isTrue();
        behind.put("b", 2);

        behind.close();
        List<Map<String, Integer>> toldByThen = List.copyOf(told);
        hung.countDown();
        requireNonNull(writing.get()).join();

        assertThat(toldByThen).containsExactly(Map.of("a", 1, "b", 2));
        assertThat(told).isEqualTo(toldByThen);
        assertThat(behind.lost()).isEqualTo(2);
        assertThat(batches).containsExactly(Map.of("a", 1));
    }

    @Test
    void aCacheAsideHasOneQueueOnly() {
        try (WriteBehind<String, Integer> behind = behind(PATIENT)) {
            assertThatThrownBy(() -> aside.writeBehind(batch -> {}))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("one queue of writes");
            assertThat(behind.pending()).isZero();
        }
    }

    private WriteBehind<String, Integer> behind(WriteBehindOptions options) {
        return aside.writeBehind(this::write, options, (values, cause) -> lost.putAll(values));
    }

    /** Returns the thread that puts, which goes on when it is let. */
    private Thread putHeldUpBeforeItsSet(WriteBehind<String, Integer> behind, String key, int value) throws Exception {
        holdsNextSet.set(true);
        Thread thread = new Thread(() -> behind.put(key, value));
        thread.setDaemon(true);
        thread.start();
        assertThat(held.await(30, SECONDS)).isTrue();
        return thread;
    }

    private Interceptor holdingOneSet() {
        return new Interceptor() {
            @Override
            public WriteLatch write(Write write, Next next) {
                if (write.command() instanceof Store && holdsNextSet.getAndSet(false)) {
                    held.countDown();
                    try {
                        goOn.await();
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                }
                return next.write(write);
            }
        };
    }

    private void write(Map<String, Integer> batch) {
        batches.add(new HashMap<>(batch));
        if (failures.getAndDecrement() > 0 || batch.containsValue(-5)) {
            throw new IllegalStateException("database down");
        }
        database.putAll(batch);
    }

    private static EmbeddedZones zones() {
        return embedded.zones();
    }
}
