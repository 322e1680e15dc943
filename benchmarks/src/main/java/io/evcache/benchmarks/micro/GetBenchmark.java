package io.evcache.benchmarks.micro;

import io.evcache.core.command.Get;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Store;
import io.evcache.core.key.Key;
import io.evcache.core.time.Deadline;
import io.evcache.core.time.Ticker;
import io.evcache.core.topology.NodeAddress;
import io.evcache.core.transport.Connection;
import io.evcache.core.transport.TransportConfig;
import io.evcache.core.transport.netty.NettyTransport;
import io.evcache.core.value.EncodedValue;
import io.evcache.core.value.Ttl;
import io.evcache.testkit.EmbeddedMemcached;
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

/** One blocking get of 100 bytes over the bare transport, from a server in the same JVM: the whole round trip, kernel included. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class GetBenchmark {
    private static final long TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Ticker ticker = Ticker.system();
    private final Get get = Get.of(Key.of("profiles:1234567"));
    private final EncodedValue value = new EncodedValue(new byte[100], 0);
    private @Nullable EmbeddedMemcached server;
    private @Nullable NettyTransport transport;
    private @Nullable Connection connection;

    @Setup
    public void connect() {
        EmbeddedMemcached started = EmbeddedMemcached.start();
        NettyTransport netty = NettyTransport.start(TransportConfig.defaults());
        Connection opened = netty.connect(NodeAddress.parse(started.address()), 0)
                .toCompletableFuture()
                .join();
        Deadline deadline = Deadline.afterNanos(TIMEOUT_NANOS, ticker);
        opened.send(Store.set(get.key(), value, Ttl.none()), deadline).await(deadline);
        server = started;
        transport = netty;
        connection = opened;
    }

    @Benchmark
    public Lookup get() {
        Deadline deadline = Deadline.afterNanos(TIMEOUT_NANOS, ticker);
        Lookup lookup = connected().send(get, deadline).await(deadline);
        if (!(lookup instanceof Lookup.Hit hit) || hit.value().length() != value.length()) {
            throw new IllegalStateException("wrong answer: " + lookup);
        }
        return lookup;
    }

    @TearDown
    public void close() {
        if (transport != null) {
            transport.close();
        }
        if (server != null) {
            server.close();
        }
    }

    private Connection connected() {
        if (connection == null) {
            throw new IllegalStateException("not set up");
        }
        return connection;
    }
}
