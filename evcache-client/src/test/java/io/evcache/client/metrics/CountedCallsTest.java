package io.evcache.client.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.evcache.client.CacheStats;
import io.evcache.client.EvCache;
import io.evcache.client.EvCacheClient;
import io.evcache.client.EvCacheConfig;
import io.evcache.client.pipeline.ReadPolicy;
import io.evcache.client.pipeline.ReadPolicy.Agreement;
import io.evcache.testkit.EmbeddedZonesExtension;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
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

    record Call(String name, String operation, Consumer<EvCache<String>> on) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Call> reads() {
        return Stream.of(
                new Call("get", "get", cache -> cache.get("k")),
                new Call("getAll", "get", cache -> cache.getAll(List.of("k", "k"))),
                new Call("lookup", "get", cache -> cache.lookup("k")),
                new Call("lookupAll", "get", cache -> cache.lookupAll(List.of("k", "k"))),
                new Call("getAndTouch", "get", cache -> cache.getAndTouch("k", TTL)),
                new Call(
                        "async lookupAll",
                        "get",
                        cache -> cache.async().lookupAll(List.of("k", "k")).join()),
                new Call(
                        "consistent get",
                        "get",
                        cache -> cache.reading(ReadPolicy.consistent(Agreement.ALL))
                                .get("k")),
                new Call("async get", "get", cache -> cache.async().get("k").join()),
                new Call(
                        "async getAll",
                        "get",
                        cache -> cache.async().getAll(List.of("k", "k")).join()),
                new Call(
                        "async lookup",
                        "get",
                        cache -> cache.async().lookup("k").join()));
    }

    /** Writes that are done whatever is there. */
    static Stream<Call> writes() {
        return Stream.of(
                new Call("set", "set", cache -> cache.set("k", "v", TTL)),
                new Call("setAll", "set", cache -> cache.setAll(Map.of("k", "v"))),
                new Call("delete", "delete", cache -> cache.delete("k")),
                new Call("deleteAll", "delete", cache -> cache.deleteAll(List.of("k", "k"))),
                new Call(
                        "async set",
                        "set",
                        cache -> cache.async()
                                .set("k", "v", TTL)
                                .toCompletableFuture()
                                .join()),
                new Call(
                        "async delete",
                        "delete",
                        cache -> cache.async().delete("k").toCompletableFuture().join()));
    }

    /** Writes that a server refuses if the item is not as they need it. */
    static Stream<Call> conditionalWrites() {
        return Stream.of(
                new Call("add", "add", cache -> cache.add("k", "v", TTL)),
                new Call("touch", "touch", cache -> cache.touch("k", TTL)),
                new Call("replace", "replace", cache -> cache.replace("k", "v", TTL)),
                new Call("append", "append", cache -> cache.append("k", "v")),
                new Call("prepend", "prepend", cache -> cache.prepend("k", "v")),
                new Call(
                        "async add",
                        "add",
                        cache -> cache.async()
                                .add("k", "v", TTL)
                                .toCompletableFuture()
                                .join()),
                new Call(
                        "async touch",
                        "touch",
                        cache -> cache.async()
                                .touch("k", TTL)
                                .toCompletableFuture()
                                .join()));
    }

    static Stream<Call> allWrites() {
        return Stream.concat(writes(), conditionalWrites());
    }

    @BeforeEach
    void connect() {
        client = EvCacheClient.builder(EvCacheConfig.builder(servers.connectString())
                        .readTimeout(Duration.ofSeconds(10))
                        .writeTimeout(Duration.ofSeconds(10))
                        .build())
                .recordStats()
                .connect();
        await().until(() -> client.view().zones().stream()
                .allMatch(zone -> zone.nodes().get(0).isConnected()));
        cache = client.cache("counted");
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
    @MethodSource("conditionalWrites")
    void conditionalWriteIsDoneWhereItMayBe(Call call) {
        if (!call.operation.equals("add")) {
            storeEverywhere();
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
        if (call.operation.equals("add")) {
            storeEverywhere();
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

    private void measure(Call call) {
        CacheStats before = client.stats();
        assertThat(before.reads()).isZero();
        MicrometerMetrics metrics = MicrometerMetrics.bind(client, registry);
        assertThat(metrics).hasToString("MicrometerMetrics(evcache)");
        call.on.accept(cache);
    }

    /** By another client, so that this one has counted nothing. */
    private static void storeEverywhere() {
        try (EvCacheClient other = EvCacheClient.connect(EvCacheConfig.builder(servers.connectString())
                .writeTimeout(Duration.ofSeconds(10))
                .build())) {
            await().until(() -> {
                return other.cache("counted")
                                .async()
                                .set("k", "v")
                                .settled()
                                .toFuture()
                                .join()
                                .succeeded()
                        == 2;
            });
        }
    }

    private void stopAll() {
        servers.zones().stopZone("a");
        servers.zones().stopZone("b");
        await().until(() -> client.view().zones().stream()
                .noneMatch(zone -> zone.nodes().get(0).isConnected()));
    }

    /** Observers hear of a call right after its caller may have gone on. */
    private static void eventually(ThrowingRunnable holds) {
        await().untilAsserted(holds);
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
