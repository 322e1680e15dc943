package io.evcache.benchmarks.micro;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.evcache.client.EvCache;
import io.evcache.client.EvCacheClient;
import io.evcache.client.EvCacheConfig;
import io.evcache.client.near.NearCacheOptions;
import io.evcache.core.value.Codec;
import io.evcache.testkit.EmbeddedZones;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A read that the near cache answers, beside a Caffeine cache of the same size and life that is asked for the same key. The goal is 1.5 times Caffeine's time and no allocation. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class NearBenchmark {
    private static final int SIZE = 10_000;
    private static final Duration LIFE = Duration.ofHours(1);
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final String key = "user:1234567";
    private final byte[] value = new byte[100];
    private final Cache<String, byte[]> caffeine =
            Caffeine.newBuilder().maximumSize(SIZE).expireAfterWrite(LIFE).build();
    private @Nullable EmbeddedZones zones;
    private @Nullable EvCacheClient client;
    private @Nullable EvCache<byte[]> cache;
    private long misses;

    @Setup
    public void fill() {
        EmbeddedZones started = EmbeddedZones.start(1, "a", "b", "c");
        EvCacheClient connected = EvCacheClient.connect(EvCacheConfig.builder(started.connectString())
                .readTimeout(TIMEOUT)
                .writeTimeout(TIMEOUT)
                .build());
        EvCache<byte[]> near = connected.cache(
                "profiles",
                Codec.bytes(),
                o -> o.nearCache(NearCacheOptions.ofSize(SIZE).expireAfterWrite(LIFE)));
        zones = started;
        client = connected;
        cache = near;
        near.set(key, value, LIFE);
        while (near.nearStats().orElseThrow().hits() == 0) { // nothing is kept before the last zone has answered
            near.get(key);
        }
        misses = misses();
        caffeine.put(key, value);
    }

    @Benchmark
    public byte @Nullable [] nearHit() {
        return cache().get(key);
    }

    @Benchmark
    public byte @Nullable [] plainCaffeine() {
        return caffeine.getIfPresent(key);
    }

    /** Figures of reads that went to a server would say nothing. */
    @TearDown
    public void close() {
        long more = misses() - misses;
        if (client != null) {
            client.close();
        }
        if (zones != null) {
            zones.close();
        }
        if (more > 0 || caffeine.getIfPresent(key) == null) {
            throw new IllegalStateException(more + " reads were no near hits");
        }
    }

    private long misses() {
        return cache().nearStats().orElseThrow().misses();
    }

    private EvCache<byte[]> cache() {
        if (cache == null) {
            throw new IllegalStateException("not set up");
        }
        return cache;
    }
}
