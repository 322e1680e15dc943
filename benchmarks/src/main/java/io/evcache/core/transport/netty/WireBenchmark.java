package io.evcache.core.transport.netty;

import io.evcache.core.command.Get;
import io.evcache.core.command.Store;
import io.evcache.core.key.Key;
import io.evcache.core.time.WallClock;
import io.evcache.core.value.EncodedValue;
import io.evcache.core.value.Ttl;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.Blackhole;

/** What the event loop does with one command's bytes. In the transport's own package, since encoder and decoder are nobody else's business. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class WireBenchmark {
    private static final int REPLIES = 64;
    private static final int MAX_VALUE_BYTES = 1 << 20;

    @Param({"100", "10240"})
    public int valueBytes = 100;

    private final Key key = Key.of("profiles:user:1234567");
    private final Get get = Get.of(key);
    private final Get plain = new Get(key, Get.Wants.PLAIN);
    private final MetaEncoder encoder = new MetaEncoder(WallClock.system());
    private final ByteBuf out = Unpooled.directBuffer(1 << 16);
    private long sum;
    private final MetaDecoder decoder = new MetaDecoder(MAX_VALUE_BYTES, reply -> sum += reply.opaque);

    /** State that follows from the size of the values. */
    @State(Scope.Thread)
    public static class Sized {
        private Store store = Store.set(Key.of("key"), new EncodedValue(new byte[1], 0), Ttl.none());
        private ByteBuf replies = Unpooled.EMPTY_BUFFER;

        /** Made once per run. */
        @Setup
        public void make(WireBenchmark benchmark) {
            byte[] value = new byte[benchmark.valueBytes];
            store = Store.set(benchmark.key, new EncodedValue(value, 0), Ttl.of(Duration.ofHours(1)));
            replies = Unpooled.directBuffer(REPLIES * (value.length + 64));
            for (int i = 0; i < REPLIES; i++) {
                replies.writeCharSequence("VA " + value.length + " f0 O" + i + "\r\n", StandardCharsets.US_ASCII);
                replies.writeBytes(value).writeCharSequence("\r\n", StandardCharsets.US_ASCII);
            }
        }

        @TearDown
        public void release() {
            replies.release();
        }
    }

    @Benchmark
    public ByteBuf encodeGet() {
        out.clear();
        encoder.encode(get, 1_234_567, out);
        return out;
    }

    @Benchmark
    public ByteBuf encodePlainGet() {
        out.clear();
        encoder.encode(plain, 1_234_567, out);
        return out;
    }

    /** The copy of the value into the buffer of the batch included. */
    @Benchmark
    public ByteBuf encodeSet(Sized sized) {
        out.clear();
        encoder.encode(sized.store, 1_234_567, out);
        return out;
    }

    /** Hits of a batch, as one read of the socket brings them; the time of all 64. The copy of each value into its own array included. */
    @Benchmark
    public void decode64Hits(Sized sized, Blackhole hole) {
        sized.replies.readerIndex(0);
        decoder.decode(sized.replies);
        hole.consume(sum);
    }

    @TearDown
    public void release() {
        out.release();
    }
}
