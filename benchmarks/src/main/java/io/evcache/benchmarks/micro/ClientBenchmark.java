package io.evcache.benchmarks.micro;

import io.evcache.client.EvCache;
import io.evcache.client.EvCacheClient;
import io.evcache.client.EvCacheConfig;
import io.evcache.client.pipeline.WritePolicy;
import io.evcache.core.value.Codec;
import io.evcache.testkit.EmbeddedZones;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Calls of the whole client on values of 100 bytes in three zones. The servers live in the same JVM, so what {@code -prof gc} says includes them: compare two versions of the client, and take
 * absolute figures from {@code benchmarks/run}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class ClientBenchmark {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Duration TTL = Duration.ofHours(1);

    private final List<String> names =
            IntStream.range(0, 100).mapToObj(i -> "user:12345" + i).toList();
    private final byte[] value = new byte[100];
    private @Nullable EmbeddedZones zones;
    private @Nullable EvCacheClient client;
    private @Nullable EvCache<byte[]> cache;

    @Setup
    public void connect() {
        EmbeddedZones started = EmbeddedZones.start(1, "a", "b", "c");
        EvCacheClient connected = EvCacheClient.connect(EvCacheConfig.builder(started.connectString())
                .readTimeout(TIMEOUT)
                .writeTimeout(TIMEOUT)
                .writePolicy(WritePolicy.ALL)
                .build());
        zones = started;
        client = connected;
        cache = connected.cache("profiles", Codec.bytes());
        for (String name : names) {
            set(name);
        }
    }

    /** One caller that waits for each answer. */
    @Benchmark
    public byte[] get() {
        return whole(cache().get(names.get(0)));
    }

    /** A hundred gets under way at once; the time is that of all. */
    @Benchmark
    public int asyncGets() {
        CompletableFuture<?>[] futures = new CompletableFuture<?>[names.size()];
        for (int i = 0; i < futures.length; i++) {
            futures[i] = cache().async().get(names.get(i)).thenAccept(ClientBenchmark::whole);
        }
        CompletableFuture.allOf(futures).join();
        return futures.length;
    }

    /** One write to all three zones, waited for. */
    @Benchmark
    public void setToThreeZones() {
        set(names.get(0));
    }

    /** One read of a hundred keys; the time is that of all. */
    @Benchmark
    public Map<String, byte[]> getAll() {
        Map<String, byte[]> hits = cache().getAll(names);
        if (hits.size() != names.size()) {
            throw new IllegalStateException("only " + hits.size() + " hits");
        }
        return hits;
    }

    @TearDown
    public void close() {
        if (client != null) {
            client.close();
        }
        if (zones != null) {
            zones.close();
        }
    }

    private void set(String name) {
        if (!cache().set(name, value, TTL)) {
            throw new IllegalStateException("not stored everywhere");
        }
    }

    private static byte[] whole(byte @Nullable [] got) {
        if (got == null || got.length != 100) {
            throw new IllegalStateException("no value, or a wrong one");
        }
        return got;
    }

    private EvCache<byte[]> cache() {
        if (cache == null) {
            throw new IllegalStateException("not set up");
        }
        return cache;
    }
}
