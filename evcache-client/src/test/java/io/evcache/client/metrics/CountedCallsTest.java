package io.evcache.client.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.evcache.client.AsyncCounters;
import io.evcache.client.AsyncEvCache;
import io.evcache.client.CacheStats;
import io.evcache.client.CasToken;
import io.evcache.client.Counters;
import io.evcache.client.Detail;
import io.evcache.client.EvCache;
import io.evcache.client.EvCacheClient;
import io.evcache.client.EvCacheConfig;
import io.evcache.client.Loader;
import io.evcache.client.load.CacheAside;
import io.evcache.client.pipeline.ReadPolicy;
import io.evcache.client.pipeline.ReadPolicy.Agreement;
import io.evcache.client.pipeline.WriteLatch;
import io.evcache.testkit.EmbeddedZonesExtension;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every way to call, times every way to end: counted once, and as what it was. */
class CountedCallsTest {
    @RegisterExtension
    static final EmbeddedZonesExtension servers = EmbeddedZonesExtension.of(1, "a", "b");

    private static final Duration TTL = Duration.ofMinutes(1);

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private EvCacheClient client;
    private EvCache<String> cache;

    private Counters counters;
    /** Of what {@link #storeEverywhere} has stored. */
    private CasToken token = new CasToken("a", 1);

    record Call(String name, String operation, Consumer<CountedCallsTest> by) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Call call(String name, String operation, Consumer<EvCache<String>> on) {
        return new Call(name, operation, test -> on.accept(test.cache));
    }

    private static Call asyncRead(String name, Function<AsyncEvCache<String>, CompletableFuture<?>> on) {
        return new Call(
                "async " + name, "get", test -> on.apply(test.cache.async()).join());
    }

    private static Call asyncBulk(
            String name, String operation, Function<AsyncEvCache<String>, CompletableFuture<?>> on) {
        return new Call(
                "async " + name, operation, test -> on.apply(test.cache.async()).join());
    }

    private static Call asyncWrite(String operation, Function<AsyncEvCache<String>, WriteLatch> on) {
        return asyncBulk(operation, operation, cache -> on.apply(cache).toCompletableFuture());
    }

    private static Call counter(String name, String operation, Consumer<Counters> on) {
        return new Call("counter's " + name, operation, test -> on.accept(test.counters));
    }

    private static Call asyncCounter(String name, String operation, Function<AsyncCounters, CompletableFuture<?>> on) {
        return new Call(
                "counter's async " + name,
                operation,
                test -> on.apply(test.counters.async()).join());
    }

    static Stream<Call> reads() {
        return Stream.of(
                call("get", "get", cache -> cache.get("k")),
                call("getAll", "get", cache -> cache.getAll(List.of("k", "k"))),
                call("lookup", "get", cache -> cache.lookup("k")),
                call("lookup with details", "get", cache -> cache.lookup("k", Detail.CAS, Detail.TTL, Detail.USAGE)),
                call("lookupAll", "get", cache -> cache.lookupAll(List.of("k", "k"))),
                call("getAndTouch", "get", cache -> cache.getAndTouch("k", TTL)),
                call("getOrLoad", "get", cache -> cache.getOrLoad("k", key -> "1")),
                call(
                        "consistent get",
                        "get",
                        cache -> cache.reading(ReadPolicy.consistent(Agreement.ALL))
                                .get("k")),
                asyncRead("get", cache -> cache.get("k")),
                asyncRead("getAll", cache -> cache.getAll(List.of("k", "k"))),
                asyncRead("lookup", cache -> cache.lookup("k")),
                asyncRead("lookup with details", cache -> cache.lookup("k", Detail.CAS, Detail.TTL, Detail.USAGE)),
                asyncRead("lookupAll", cache -> cache.lookupAll(List.of("k", "k"))),
                asyncRead("getAndTouch", cache -> cache.getAndTouch("k", TTL)),
                counter("get", "get", counters -> counters.get("k")),
                asyncCounter("get", "get", counters -> counters.get("k")));
    }

    /** Writes that are done whatever is there. */
    static Stream<Call> writes() {
        return Stream.of(
                call("set", "set", cache -> cache.set("k", "1", TTL)),
                call("setAll", "set", cache -> cache.setAll(Map.of("k", "1"))),
                call("delete", "delete", cache -> cache.delete("k")),
                call("deleteAll", "delete", cache -> cache.deleteAll(List.of("k", "k"))),
                asyncWrite("set", cache -> cache.set("k", "1", TTL)),
                asyncBulk("setAll", "set", cache -> cache.setAll(Map.of("k", "1"))),
                asyncWrite("delete", cache -> cache.delete("k")),
                asyncBulk("deleteAll", "delete", cache -> cache.deleteAll(List.of("k", "k"))),
                counter("set", "set", counters -> counters.set("k", 1, TTL)),
                counter("delete", "delete", counters -> counters.delete("k")),
                counter("increment", "increment", counters -> counters.increment("k", 1)),
                counter("decrement", "decrement", counters -> counters.decrement("k", 1, 5, TTL)),
                asyncCounter("increment", "increment", counters -> counters.increment("k", 1)),
                asyncCounter("decrement", "decrement", counters -> counters.decrement("k", 1, 5, TTL)));
    }

    /** Writes that a server refuses if the item is not as they need it. */
    static Stream<Call> conditionalWrites() {
        return Stream.of(
                call("add", "add", cache -> cache.add("k", "1", TTL)),
                call("touch", "touch", cache -> cache.touch("k", TTL)),
                call("replace", "replace", cache -> cache.replace("k", "1", TTL)),
                call("append", "append", cache -> cache.append("k", "1")),
                call("prepend", "prepend", cache -> cache.prepend("k", "1")),
                new Call("compareAndSet", "set", test -> test.cache.compareAndSet("k", "2", test.token, TTL)),
                asyncWrite("add", cache -> cache.add("k", "1", TTL)),
                asyncWrite("touch", cache -> cache.touch("k", TTL)),
                asyncWrite("replace", cache -> cache.replace("k", "1", TTL)),
                asyncWrite("append", cache -> cache.append("k", "1")),
                asyncWrite("prepend", cache -> cache.prepend("k", "1")),
                new Call(
                        "async compareAndSet",
                        "set",
                        test -> test.cache
                                .async()
                                .compareAndSet("k", "2", test.token, TTL)
                                .toCompletableFuture()
                                .join()),
                counter("incrementIfPresent", "increment", counters -> counters.incrementIfPresent("k", 1)),
                counter("decrementIfPresent", "decrement", counters -> counters.decrementIfPresent("k", 1)),
                asyncCounter("incrementIfPresent", "increment", counters -> counters.incrementIfPresent("k", 1)),
                asyncCounter("decrementIfPresent", "decrement", counters -> counters.decrementIfPresent("k", 1)));
    }

    /** An append, and where there is nothing to append to, an add: one write or two. */
    static Stream<Call> appendsOrAdds() {
        return Stream.of(
                call("appendOrAdd", "append", cache -> cache.appendOrAdd("k", "1", TTL)),
                asyncBulk(
                        "appendOrAdd",
                        "append",
                        cache -> cache.appendOrAdd("k", "1", TTL).toCompletableFuture()));
    }

    static Stream<Call> allWrites() {
        return Stream.of(writes(), conditionalWrites(), appendsOrAdds()).flatMap(calls -> calls);
    }

    @BeforeEach
    void connect() {
        client = EvCacheClient.builder(config()).recordStats().connect();
        soon().until(() -> client.view().zones().stream()
                .allMatch(zone -> zone.nodes().get(0).isConnected()));
        cache = client.cache("counted");
        counters = client.counters("counted");
    }

    private static EvCacheConfig config() {
        return EvCacheConfig.builder(servers.connectString())
                .readTimeout(Duration.ofSeconds(10))
                .writeTimeout(Duration.ofSeconds(10))
                .build();
    }

    @AfterEach
    void close() {
        client.close();
    }

    @ParameterizedTest
    @MethodSource("reads")
    void hitIsAHit(Call call) {
        storeEverywhere();

        measure(call);

        eventually(() -> {
            assertThat(gets("hit")).isEqualTo(1);
            assertThat(gets("miss") + gets("failed")).isZero();
            assertThat(timed(call.operation, "hit")).isEqualTo(1);
            CacheStats stats = client.stats("counted");
            assertThat(stats.hits()).isEqualTo(1);
            assertThat(stats.reads()).isEqualTo(1);
        });
    }

    @ParameterizedTest
    @MethodSource("reads")
    void missIsAMiss(Call call) {
        measure(call);

        eventually(() -> {
            assertThat(gets("miss")).isEqualTo(1);
            assertThat(gets("hit") + gets("failed")).isZero();
            assertThat(timed(call.operation, "miss")).isEqualTo(1);
            CacheStats stats = client.stats("counted");
            assertThat(stats.misses()).isEqualTo(1);
            assertThat(stats.reads()).isEqualTo(1);
            assertThat(stats.hitRate()).isZero();
        });
    }

    @ParameterizedTest
    @MethodSource("reads")
    void readThatNoZoneAnswersIsAFailureAndNotAMiss(Call call) {
        stopAll();

        measure(call);

        eventually(() -> {
            assertThat(gets("failed")).isEqualTo(1);
            assertThat(gets("hit") + gets("miss")).isZero();
            assertThat(timed(call.operation, "error")).isEqualTo(1);
            CacheStats stats = client.stats("counted");
            assertThat(stats.readFailures()).isEqualTo(1);
            assertThat(stats.reads()).isEqualTo(1);
        });
    }

    @ParameterizedTest
    @MethodSource("writes")
    void writeThatMeetsItsPolicyIsDone(Call call) {
        measure(call);

        eventually(() -> {
            assertThat(timed(call.operation, "done")).isEqualTo(1);
            assertThat(policy("met")).isEqualTo(1);
            assertThat(counted("cache.puts")).isEqualTo(call.operation.equals("set") ? 1 : 0);
            assertThat(counted("cache.removals")).isEqualTo(call.operation.equals("delete") ? 1 : 0);
            CacheStats stats = client.stats("counted");
            assertThat(stats.writes()).isEqualTo(1);
            assertThat(stats.unmetWrites()).isZero();
            assertThat(stats.puts()).isEqualTo(call.operation.equals("set") ? 1 : 0);
        });
    }

    @ParameterizedTest
    @MethodSource({"conditionalWrites", "appendsOrAdds"})
    void conditionalWriteIsDoneWhereItMayBe(Call call) {
        storeEverywhere();
        if (call.operation.equals("add")) {
            servers.zones().flush();
        }

        measure(call);

        eventually(() -> {
            assertThat(timed(call.operation, "done")).isEqualTo(1);
            assertThat(policy("met")).isEqualTo(1);
            CacheStats stats = client.stats("counted");
            assertThat(stats.writes()).isEqualTo(1);
            assertThat(stats.unmetWrites()).isZero();
        });
    }

    @ParameterizedTest
    @MethodSource("conditionalWrites")
    void conditionalWriteThatServersRefuseIsRefusedAndNotAnError(Call call) {
        storeEverywhere();
        if (!call.operation.equals("add")) {
            servers.zones().flush();
        }

        measure(call);

        eventually(() -> {
            assertThat(timed(call.operation, "refused")).isEqualTo(1);
            assertThat(policy("failed")).isEqualTo(1);
            assertThat(counted("cache.puts")).isZero();
            CacheStats stats = client.stats("counted");
            assertThat(stats.unmetWrites()).isEqualTo(1);
            assertThat(stats.writes()).isEqualTo(1);
        });
    }

    @ParameterizedTest
    @MethodSource("appendsOrAdds")
    void appendThatFindsNothingIsRefusedAndTheAddBehindItIsDone(Call call) {
        measure(call);

        eventually(() -> {
            assertThat(timed("append", "refused")).isEqualTo(1);
            assertThat(timed("add", "done")).isEqualTo(1);
            CacheStats stats = client.stats("counted");
            assertThat(stats.unmetWrites()).isEqualTo(1);
            assertThat(stats.writes()).isEqualTo(2);
        });
    }

    @ParameterizedTest
    @MethodSource("allWrites")
    void writeThatNoZoneTakesIsAnErrorAndNeitherPutNorRemoval(Call call) {
        stopAll();

        measure(call);

        eventually(() -> {
            assertThat(timed(call.operation, "error")).isEqualTo(1);
            assertThat(policy("failed")).isEqualTo(1);
            assertThat(counted("cache.puts") + counted("cache.removals")).isZero();
            CacheStats stats = client.stats("counted");
            assertThat(stats.unmetWrites()).isEqualTo(1);
            assertThat(stats.writes()).isEqualTo(1);
        });
    }

    /** With leases every zone is asked who loads, which is sent as a write but changes nothing that a user has: each miss was counted as a write of policy ALL. */
    @Test
    void askingForALeaseIsNoWrite() {
        MicrometerMetrics.bind(client, registry);

        try (CacheAside<String, String> aside = leasing(cache, key -> "1")) {
            aside.get("k");
        }

        eventually(() -> {
            assertThat(client.stats("counted").puts()).isEqualTo(1);
            assertThat(counted("cache.puts")).isEqualTo(1);
        });
        assertThat(client.stats("counted").writes()).isEqualTo(1);
        assertThat(policies()).isEqualTo(1);
    }

    /** Who waits for what another JVM loads looks for it again and again. One wait of two seconds was 61 misses. */
    @Test
    void waitingForAnothersLoadIsOneMiss() throws Exception {
        MicrometerMetrics.bind(client, registry);
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        try (EvCacheClient other = EvCacheClient.connect(config());
                CacheAside<String, String> loads = leasing(other.cache("counted"), key -> {
                    begun.countDown();
                    release.await();
                    return "1";
                });
                CacheAside<String, String> waits = leasing(cache, key -> "2")) {
            soon().until(() -> other.view().zones().stream()
                    .allMatch(zone -> zone.nodes().get(0).isConnected()));
            CompletableFuture<String> loaded = loads.async().get("k");
            begun.await();
            CompletableFuture<String> waited = waits.async().get("k");
            // The first look is after 4 ms at most, the second after 8 more: by the fifth command some are over.
            long before = readCalls();
            soon().until(() -> readCalls() > before + 4);
            release.countDown();

            assertThat(waited.get(30, TimeUnit.SECONDS)).isEqualTo("1");
            assertThat(loaded.get(30, TimeUnit.SECONDS)).isEqualTo("1");
        }

        assertThat(client.stats("counted").misses()).isEqualTo(1);
        assertThat(client.stats("counted").hits()).isZero();
        assertThat(gets("miss")).isEqualTo(1);
        assertThat(gets("hit")).isZero();
    }

    private static CacheAside<String, String> leasing(EvCache<String> cache, Loader<String, String> loader) {
        return CacheAside.over(cache, (String key) -> key)
                .loader(loader)
                .loadTimeout(Duration.ofSeconds(30))
                .leases(Duration.ofSeconds(60), Duration.ofSeconds(20))
                .build();
    }

    /** Calls that read, looks included. */
    private long readCalls() {
        return registry.find("evcache.operation").tags("cache", "counted", "operation", "get").timers().stream()
                .mapToLong(Timer::count)
                .sum();
    }

    private void measure(Call call) {
        CacheStats before = client.stats();
        assertThat(before.reads()).isZero();
        MicrometerMetrics metrics = MicrometerMetrics.bind(client, registry);
        assertThat(metrics).hasToString("MicrometerMetrics(evcache)");
        call.by.accept(this);
    }

    /** By another client, so that this one has counted nothing. */
    private void storeEverywhere() {
        try (EvCacheClient other = EvCacheClient.connect(EvCacheConfig.builder(servers.connectString())
                .writeTimeout(Duration.ofSeconds(10))
                .build())) {
            EvCache<String> elsewhere = other.cache("counted");
            soon().until(() -> {
                return elsewhere
                                .async()
                                .set("k", "1")
                                .settled()
                                .toFuture()
                                .join()
                                .succeeded()
                        == 2;
            });
            token = Objects.requireNonNull(
                    elsewhere.lookup("k", Detail.CAS).details().cas());
        }
    }

    private void stopAll() {
        servers.zones().stopZone("a");
        servers.zones().stopZone("b");
        soon().until(() -> client.view().zones().stream()
                .noneMatch(zone -> zone.nodes().get(0).isConnected()));
    }

    /** Observers hear of a call right after its caller may have gone on. */
    private static void eventually(ThrowingRunnable holds) {
        soon().untilAsserted(holds);
    }

    /** Looks at once and often: what is waited for is there within a moment, and there are many cases. */
    private static ConditionFactory soon() {
        return await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1));
    }

    private double gets(String result) {
        Counter counter = registry.find("cache.gets")
                .tags("cache", "counted", "result", result)
                .counter();
        return counter == null ? 0 : counter.count();
    }

    private double counted(String name) {
        Counter counter = registry.find(name).tags("cache", "counted").counter();
        return counter == null ? 0 : counter.count();
    }

    private double policy(String result) {
        Counter counter = registry.find("evcache.write.policy")
                .tags("cache", "counted", "result", result)
                .counter();
        return counter == null ? 0 : counter.count();
    }

    private double policies() {
        return registry.find("evcache.write.policy").counters().stream()
                .mapToDouble(Counter::count)
                .sum();
    }

    private long timed(String operation, String outcome) {
        return registry
                .find("evcache.operation")
                .tags("cache", "counted", "operation", operation, "outcome", outcome)
                .timers()
                .stream()
                .mapToLong(Timer::count)
                .sum();
    }
}
