package io.evcache.benchmarks.micro;

import io.evcache.core.key.Key;
import io.evcache.core.key.KeyScheme;
import io.evcache.core.ring.KetamaRing;
import io.evcache.core.ring.RingDialect;
import io.evcache.core.ring.RingMember;
import io.evcache.core.value.Codec;
import io.evcache.core.value.Compression;
import io.evcache.core.value.EncodedValue;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What a call does on the calling thread before it reaches a connection. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class StepsBenchmark {
    @Param({"3", "300"})
    public int nodes = 3;

    private final KeyScheme scheme = KeyScheme.namespaced("profiles");
    private final String user = "user:1234567";
    private final String text = "x".repeat(100);
    private final EncodedValue encoded = Codec.utf8().encode(text);
    private final EncodedValue number = Codec.int64().encode(1_234_567L);
    private final String longText = "{\"name\":\"Ada\",\"place\":\"London\"},".repeat(300);
    private final Codec<String> zipped = Codec.utf8().compressed(Compression.gzip());
    private final EncodedValue compressed = zipped.encode(longText);
    private final Key key = scheme.key(user);
    private final Key[] keys = keys();
    private KetamaRing<Integer> ring = ring(3);
    private int at;

    @Setup
    public void build() {
        ring = ring(nodes);
    }

    private static Key[] keys() {
        Key[] keys = IntStream.range(0, 4_096).mapToObj(i -> Key.of("k" + i)).toArray(Key[]::new);
        for (Key each : keys) {
            each.ringHash(); // and known from here on
        }
        return keys;
    }

    private static KetamaRing<Integer> ring(int nodes) {
        List<RingMember<Integer>> members = IntStream.range(0, nodes)
                .mapToObj(i -> new RingMember<>("10.0." + i / 256 + "." + i % 256, null, 11_211, i))
                .toList();
        return KetamaRing.of(RingDialect.LIBMEMCACHED, members);
    }

    /** Checks and encodes a key. */
    @Benchmark
    public Key makeKey() {
        return scheme.key(user);
    }

    /** Checks, encodes and hashes a key, and finds its node. */
    @Benchmark
    public Integer placeNewKey() {
        return ring.nodeFor(scheme.key(user));
    }

    /** Finds the node of a key whose hash is known, as in the second and third zone of a write. */
    @Benchmark
    public Integer placeKnownKey() {
        return ring.nodeFor(key);
    }

    /** The same for one of many keys, so that no processor learns the way to it. */
    @Benchmark
    public Integer placeKnownKeys() {
        return ring.nodeFor(keys[at++ & keys.length - 1]);
    }

    @Benchmark
    public EncodedValue encodeText() {
        return Codec.utf8().encode(text);
    }

    @Benchmark
    public String decodeText() {
        return Codec.utf8().decode(encoded);
    }

    @Benchmark
    public EncodedValue encodeNumber() {
        return Codec.int64().encode(1_234_567L);
    }

    @Benchmark
    public Long decodeNumber() {
        return Codec.int64().decode(number);
    }

    /** 10 KB of text that shrinks well: what a read saves in bytes costs so much. */
    @Benchmark
    public EncodedValue compressText() {
        return zipped.encode(longText);
    }

    @Benchmark
    public String decompressText() {
        return zipped.decode(compressed);
    }
}
