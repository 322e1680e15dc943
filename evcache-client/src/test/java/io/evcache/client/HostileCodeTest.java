package io.evcache.client;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.evcache.client.GetResult.Status;
import io.evcache.client.load.CacheAside;
import io.evcache.client.pipeline.AttemptListener;
import io.evcache.client.pipeline.CacheObserver;
import io.evcache.client.pipeline.Interceptor;
import io.evcache.client.pipeline.InterceptorFailure;
import io.evcache.client.pipeline.Next;
import io.evcache.client.pipeline.Read;
import io.evcache.client.pipeline.ReadResult;
import io.evcache.client.pipeline.Write;
import io.evcache.client.pipeline.WriteLatch;
import io.evcache.client.pipeline.WriteResult;
import io.evcache.client.pipeline.ZoneOutcome;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Pending;
import io.evcache.core.error.CodecFailure;
import io.evcache.core.error.EvCacheException;
import io.evcache.core.value.Codec;
import io.evcache.core.value.EncodedValue;
import io.evcache.testkit.EmbeddedZonesExtension;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Interceptors, observers and callbacks of users that throw, block, answer nothing or call back into the client. */
class HostileCodeTest {
    @RegisterExtension
    static final EmbeddedZonesExtension servers = EmbeddedZonesExtension.of(1, "a", "b");

    private final EvCacheClient.Builder builder = EvCacheClient.builder(EvCacheConfig.builder(servers.connectString())
            .readTimeout(Duration.ofSeconds(10))
            .writeTimeout(Duration.ofSeconds(10))
            .build());
    private @Nullable EvCacheClient client;

    @AfterEach
    void close() {
        if (client != null) {
            client.close();
        }
    }

    @Test
    void whatAnInterceptorThrowsIsTheFailureOfThatCallOnly() {
        EvCache<String> cache = cache(builder.interceptor(new Interceptor() {
            @Override
            public Pending<ReadResult> read(Read read, Next next) {
                if (read.command().key().toString().endsWith("bad")) {
                    throw new IllegalStateException("no");
                }
                return next.read(read);
            }

            @Override
            public WriteLatch write(Write write, Next next) {
                if (write.command().key().toString().endsWith("bad")) {
                    throw new AssertionError("no");
                }
                return next.write(write);
            }
        }));

        assertThat(cache.get("bad")).isNull();
        assertThat(cache.lookup("bad").cause())
                .isInstanceOf(InterceptorFailure.class)
                .hasMessageContaining("threw java.lang.IllegalStateException: no");
        assertThat(cache.set("bad", "v")).isFalse();
        WriteResult result = cache.async().set("bad", "v").settled().toFuture().join();
        assertThat(result.zones(ZoneOutcome.Status.UNKNOWN)).containsExactly("a", "b");
        assertThat(cache.async().lookup("bad").join().status()).isEqualTo(Status.FAILED);
        assertThat(cache.set("good", "v")).isTrue();
        assertThat(cache.get("good")).isEqualTo("v");
    }

    @Test
    @SuppressWarnings("NullAway") // on purpose
    void interceptorThatReturnsNothingFailsThatCall() {
        EvCache<String> cache = cache(builder.interceptor(new Interceptor() {
            @Override
            public Pending<ReadResult> read(Read read, Next next) {
                return null;
            }

            @Override
            public WriteLatch write(Write write, Next next) {
                return null;
            }
        }));

        assertThat(cache.lookup("k").cause())
                .isInstanceOf(InterceptorFailure.class)
                .hasMessageContaining("nothing");
        assertThat(cache.set("k", "v")).isFalse();
    }

    @Test
    void interceptorsRunInOrderAndMayAnswerThemselves() {
        Queue<String> seen = new ConcurrentLinkedQueue<>();
        EvCache<String> cache = cache(builder.interceptor(new Interceptor() {
                    @Override
                    public Pending<ReadResult> read(Read read, Next next) {
                        seen.add("first");
                        return next.read(read);
                    }
                })
                .interceptor(new Interceptor() {
                    @Override
                    public Pending<ReadResult> read(Read read, Next next) {
                        seen.add("second");
                        return Pending.of(new ReadResult(Lookup.Miss.PLAIN, "nowhere", 1, null));
                    }
                }));

        GetResult<String> result = cache.lookup("k");

        assertThat(result.zone()).isEqualTo("nowhere");
        assertThat(seen).containsExactly("first", "second");
    }

    @Test
    void interceptorThatNeverAnswersCannotHoldTheCallerPastTheDeadline() {
        EvCacheClient.Builder impatient = EvCacheClient.builder(EvCacheConfig.builder(servers.connectString())
                        .readTimeout(Duration.ofMillis(50))
                        .build())
                .interceptor(new Interceptor() {
                    @Override
                    public Pending<ReadResult> read(Read read, Next next) {
                        return Pending.open();
                    }
                });

        assertThat(cache(impatient).lookup("k").status()).isEqualTo(Status.FAILED);
    }

    @Test
    void observersThatThrowDoNotHurtTheCallNorTheOtherObservers() {
        Recording recording = new Recording();
        EvCache<String> cache = cache(builder.observer(new CacheObserver() {
                    @Override
                    public void read(Read read, ReadResult result, long nanos) {
                        throw new IllegalStateException("no");
                    }

                    @Override
                    public void written(Write write, WriteResult result, long nanos) {
                        throw new AssertionError("no");
                    }
                })
                .observer(recording));

        assertThat(cache.set("k", "v")).isTrue();
        assertThat(cache.get("k")).isEqualTo("v");
        await().untilAsserted(() -> assertThat(recording.calls).containsExactly("written set true", "read a"));
    }

    @Test
    void observersHearOfEachCallOnceHoweverItEnds() {
        Recording recording = new Recording();
        EvCache<String> cache = cache(builder.observer(recording));

        cache.get("missing");
        cache.getAll(List.of("x", "y", "x"));
        cache.async().delete("k").toCompletableFuture().join();
        servers.zones().stopZone("a");
        servers.zones().stopZone("b");
        cache.get("k");
        cache.set("k", "v");

        await().untilAsserted(() -> assertThat(recording.calls)
                .containsExactlyInAnyOrder(
                        "read b", "read b", "read b", "written delete true", "failed get", "written set false"));
    }

    @Test
    void callbackThatBlocksStopsNoOtherCall() throws Exception {
        EvCache<String> cache = cache(builder);
        cache.set("k", "v");
        CountDownLatch release = new CountDownLatch(1);

        servers.zones().hangZone("a"); // else the answer may be there before the callback, which then runs right here
        CompletableFuture<Boolean> blocked = cache.async().get("k").thenApply(value -> waitFor(release));
        servers.zones().resumeZone("a");

        assertThat(cache.get("k")).isEqualTo("v");
        assertThat(cache.async().get("k").get(30, TimeUnit.SECONDS)).isEqualTo("v");
        assertThat(blocked).isNotDone();
        release.countDown();
        assertThat(blocked.get(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void callbackMayWaitForOneWhoseAnswerCameTogetherWithItsOwn() throws Exception {
        EvCache<String> cache = cache(builder);
        CompletableFuture<Boolean> last = new CompletableFuture<>();
        servers.zones().hangZone("a"); // so that the answers come together
        List<CompletableFuture<Boolean>> waiting = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            waiting.add(cache.async().get("k").thenApply(value -> last.join()));
        }
        CompletableFuture<Void> unused = cache.async().get("k").thenRun(() -> last.complete(true));
        servers.zones().resumeZone("a");

        for (CompletableFuture<Boolean> one : waiting) {
            assertThat(one.get(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void callbackMayUseTheClientAgainAndThrow() throws Exception {
        EvCache<String> cache = cache(builder);
        cache.set("k", "v");

        CompletableFuture<String> chained = cache.async()
                .get("k")
                .thenApply(value -> String.valueOf(cache.get("k")) + cache.set("l", "w") + cache.get("l"));
        CompletableFuture<Object> thrown = cache.async().get("k").thenApply(value -> {
            throw new IllegalStateException("no");
        });

        assertThat(chained.get(30, TimeUnit.SECONDS)).isEqualTo("vtruew");
        assertThat(thrown).failsWithin(Duration.ofSeconds(30));
        assertThat(cache.get("k")).isEqualTo("v");
    }

    @Test
    void blockingCallOnAnEventLoopIsRefusedAndHurtsNobody() throws Exception {
        EvCache<String> cache = cache(builder.callbackExecutor(Runnable::run));
        cache.set("k", "v");
        servers.zones().hangZone("a");
        CompletableFuture<String> inCallback = cache.async().get("k").thenApply(value -> cache.get("other"));
        servers.zones().resumeZone("a");

        assertThat(inCallback)
                .failsWithin(Duration.ofSeconds(30))
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(IllegalStateException.class);
        assertThat(cache.get("k")).isEqualTo("v");
    }

    /** In Kotlin no exception is declared, so a codec may throw what Java's compiler would not let pass, and a class that is missing is an error. Futures stayed open for ever. */
    @ParameterizedTest
    @MethodSource("whatStrangersThrow")
    void whateverACodecThrowsIsAFailureOfThatValueAndLeavesNoFutureOpen(Throwable thrown) throws Exception {
        cache(builder).set("k", "v");
        EvCache<String> broken = requireNonNull(client).cache("hostile", new Codec<>() {
            @Override
            public EncodedValue encode(String value) {
                throw Undeclared.thrown(thrown);
            }

            @Override
            public String decode(EncodedValue value) {
                throw Undeclared.thrown(thrown);
            }
        });
        AsyncEvCache<String> async = broken.async();

        assertThat(async.get("k").get(30, TimeUnit.SECONDS)).isNull();
        assertThat(async.lookup("k").get(30, TimeUnit.SECONDS).cause()).isInstanceOf(CodecFailure.class);
        assertThat(async.getAll(List.of("k", "l")).get(30, TimeUnit.SECONDS)).isEmpty();
        assertThat(async.lookupAll(List.of("k", "l")).get(30, TimeUnit.SECONDS).values())
                .extracting(GetResult::status)
                .containsExactly(Status.FAILED, Status.MISS);
        assertThat(broken.get("k")).isNull();
        assertThat(broken.lookup("k").cause()).isInstanceOf(CodecFailure.class).hasRootCause(thrown);
        assertThat(broken.getAll(List.of("k", "l"))).isEmpty();
        assertThatThrownBy(() -> broken.set("k", "w"))
                .isInstanceOf(CodecFailure.class)
                .hasCause(thrown);
    }

    static List<Throwable> whatStrangersThrow() {
        return List.of(new IllegalStateException("no"), new IOException("no"), new NoClassDefFoundError("no"));
    }

    /** Windows that fail at once followed each other as nested calls, until the stack was full and the future was forgotten. */
    @Test
    void anyNumberOfWindowsThatFailAtOnceComesToAnEnd() throws Exception {
        servers.zones().stopZone("a");
        servers.zones().stopZone("b");
        EvCacheConfig narrow = EvCacheConfig.builder(servers.connectString())
                .readTimeout(Duration.ofSeconds(60))
                .writeTimeout(Duration.ofSeconds(60))
                .maxInFlightPerConnection(2)
                .build();
        Map<String, String> values = new LinkedHashMap<>();
        IntStream.range(0, 20_000).forEach(i -> values.put("k" + i, "v"));
        try (EvCacheClient direct =
                EvCacheClient.builder(narrow).callbackExecutor(Runnable::run).connect()) {
            EvCache<String> cache = direct.cache("hostile");
            CacheAside<String, String> aside = CacheAside.over(cache, (String id) -> id)
                    .loader(id -> null)
                    .bulkLoader(ids -> Map.of())
                    .build();

            assertThat(cache.async().getAll(values.keySet()).get(60, TimeUnit.SECONDS))
                    .isEmpty();
            assertThat(cache.async().setAll(values).get(60, TimeUnit.SECONDS)).hasSameSizeAs(values.keySet());
            assertThat(aside.async().getAll(values.keySet()).get(60, TimeUnit.SECONDS))
                    .isEmpty();
        }
    }

    @Test
    void executorThatRefusesEverythingStillGetsItsAnswers() throws Exception {
        EvCache<String> cache = cache(builder.callbackExecutor(task -> {
            throw new RejectedExecutionException("full");
        }));
        cache.set("k", "v");

        assertThat(cache.async().get("k").get(30, TimeUnit.SECONDS)).isEqualTo("v");
        assertThat(cache.async()
                        .delete("k")
                        .toCompletableFuture()
                        .get(30, TimeUnit.SECONDS)
                        .isMet())
                .isTrue();
    }

    /** Whatever is no refusal lost what it was given: the futures stayed open for ever. */
    @ParameterizedTest
    @MethodSource("whatStrangersThrow")
    void executorThatThrowsAtEverythingStillGetsItsAnswers(Throwable thrown) throws Exception {
        EvCache<String> cache = cache(builder.callbackExecutor(task -> {
            throw Undeclared.thrown(thrown);
        }));
        cache.set("k", "v");
        List<CompletableFuture<String>> together = new ArrayList<>();
        servers.zones().hangZone("a"); // so that the answers come together
        for (int i = 0; i < 8; i++) {
            together.add(cache.async().get("k"));
        }
        servers.zones().resumeZone("a");

        for (CompletableFuture<String> one : together) {
            assertThat(one.get(30, TimeUnit.SECONDS)).isEqualTo("v");
        }
        assertThat(cache.async().lookup("k").get(30, TimeUnit.SECONDS).value()).isEqualTo("v");
        assertThat(cache.async().getAll(List.of("k", "l")).get(30, TimeUnit.SECONDS))
                .isEqualTo(Map.of("k", "v"));
        assertThat(cache.async()
                        .set("k", "w")
                        .toCompletableFuture()
                        .get(30, TimeUnit.SECONDS)
                        .isMet())
                .isTrue();
        try (CacheAside<String, String> aside = CacheAside.over(cache, (String key) -> key)
                .loader(key -> "loaded")
                .leases()
                .build()) {
            assertThat(aside.async().get("m").get(30, TimeUnit.SECONDS)).isEqualTo("loaded");
        }
    }

    /** What an observer threw without declaring it kept the others from being told, and the client from being closed. */
    @ParameterizedTest
    @MethodSource("whatStrangersThrow")
    void whateverAnObserverThrowsIsItsOwn(Throwable thrown) {
        Recording recording = new Recording();
        EvCache<String> cache = cache(builder.observer(new CacheObserver() {
                    @Override
                    public void read(Read read, ReadResult result, long nanos) {
                        throw Undeclared.thrown(thrown);
                    }

                    @Override
                    public void written(Write write, WriteResult result, long nanos) {
                        throw Undeclared.thrown(thrown);
                    }

                    @Override
                    public void closed() {
                        throw Undeclared.thrown(thrown);
                    }
                })
                .observer(recording));

        assertThat(cache.set("k", "v")).isTrue();
        assertThat(cache.getAll(List.of("k"))).containsOnlyKeys("k");
        await().untilAsserted(() -> assertThat(recording.calls).containsExactly("written set true", "read a"));
        requireNonNull(client).close();

        assertThat(cache.set("k", "v")).isFalse();
    }

    /** The read of a zone that somebody listened to ended with what the listener threw without declaring it, and nobody heard of it. */
    @ParameterizedTest
    @MethodSource("whatStrangersThrow")
    void whateverAListenerToAttemptsThrowsTheReadGoesOn(Throwable thrown) throws Exception {
        AttemptListener hostile = new AttemptListener() {
            @Override
            public void answered(String zone, Lookup lookup) {
                throw Undeclared.thrown(thrown);
            }

            @Override
            public void failed(String zone, EvCacheException failure) {
                throw Undeclared.thrown(thrown);
            }
        };
        EvCache<String> cache = cache(builder.interceptor(new Interceptor() {
            @Override
            public Pending<ReadResult> read(Read read, Next next) {
                return next.read(read.heardBy(hostile));
            }
        }));
        cache.set("k", "v");

        assertThat(cache.async().get("k").get(30, TimeUnit.SECONDS)).isEqualTo("v");
        assertThat(cache.async().lookup("l").get(30, TimeUnit.SECONDS).status()).isEqualTo(Status.MISS);
    }

    /** The load of a key whose interceptor answered nonsense was never ended: whoever asked for that key again waited for it. */
    @ParameterizedTest
    @MethodSource("whatStrangersThrow")
    void answerThatThrowsEndsTheLoadAndTheKeyCanBeLoadedAgain(Throwable thrown) throws Exception {
        AtomicBoolean hostile = new AtomicBoolean(true);
        EvCache<String> cache = cache(builder.interceptor(new Interceptor() {
            @Override
            public WriteLatch write(Write write, Next next) {
                WriteLatch latch = next.write(write);
                return hostile.get() ? new Hostile(latch, thrown) : latch;
            }
        }));
        try (CacheAside<String, String> aside = CacheAside.over(cache, (String key) -> key)
                .loader(key -> "loaded")
                .bulkLoader(keys -> Map.of("a", "loaded", "b", "loaded"))
                .leases()
                .build()) {
            assertThat(aside.async().get("a")).failsWithin(Duration.ofSeconds(30));
            assertThat(aside.async().getAll(List.of("a", "b"))).failsWithin(Duration.ofSeconds(30));
            hostile.set(false);

            assertThat(aside.getAll(List.of("a", "b"))).isEqualTo(Map.of("a", "loaded", "b", "loaded"));
        }
    }

    private EvCache<String> cache(EvCacheClient.Builder from) {
        EvCacheClient connected = from.connect();
        client = connected;
        EvCacheClientTest.awaitConnected(connected);
        return connected.cache("hostile");
    }

    private static boolean waitFor(CountDownLatch latch) {
        try {
            return latch.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Throws whenever it is asked for an answer. */
    private record Hostile(WriteLatch latch, Throwable thrown) implements WriteLatch {
        @Override
        public Pending<WriteResult> decided() {
            throw Undeclared.thrown(thrown);
        }

        @Override
        public Pending<WriteResult> settled() {
            throw Undeclared.thrown(thrown);
        }

        @Override
        public WriteResult now() {
            throw Undeclared.thrown(thrown);
        }

        @Override
        public boolean await(Duration timeout) {
            throw Undeclared.thrown(thrown);
        }

        @Override
        public CompletableFuture<WriteResult> toCompletableFuture() {
            throw Undeclared.thrown(thrown);
        }
    }

    private static final class Recording implements CacheObserver {
        final Queue<String> calls = new ConcurrentLinkedQueue<>();

        @Override
        public void read(Read read, ReadResult result, long nanos) {
            assertThat(nanos).isPositive();
            calls.add("read " + result.zone());
        }

        @Override
        public void readFailed(Read read, EvCacheException failure, long nanos) {
            calls.add("failed " + read.command().verb());
        }

        @Override
        public void written(Write write, WriteResult result, long nanos) {
            calls.add("written " + write.command().verb() + " " + result.isMet());
        }
    }
}
