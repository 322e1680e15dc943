package io.evcache.core.transport.netty;

import static org.awaitility.Awaitility.await;

import io.evcache.core.command.Get;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Pending;
import io.evcache.core.key.Key;
import io.evcache.core.time.Deadline;
import io.evcache.core.time.Ticker;
import io.evcache.core.topology.NodeAddress;
import io.evcache.core.transport.Connection;
import io.evcache.core.transport.TransportConfig;
import io.netty.util.ResourceLeakDetector;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;

/** A transport over real sockets, whose threads and memory must be gone after each test. */
abstract class TransportOnSockets {
    static final Duration SHORT = Duration.ofMillis(100);
    static final Duration LONG = Duration.ofSeconds(30);
    static final TransportConfig CONFIG =
            TransportConfig.defaults().withLanes(1).withConnectTimeout(Duration.ofMillis(500));

    /** A test may put another one in its place. */
    NettyTransport transport = NettyTransport.start(CONFIG);

    @AfterEach
    final void closeAndLeaveNoThread() {
        transport.close();
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
        await().atMost(Duration.ofSeconds(10)).until(() -> loopThreads() == 0);
    }

    final Connection connect(ScriptedServer server) throws Exception {
        return transport
                .connect(new NodeAddress("127.0.0.1", server.port()), 0)
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
    }

    final Throwable refusal(int port) {
        return refusal(new NodeAddress("127.0.0.1", port));
    }

    final Throwable refusal(NodeAddress node) {
        try {
            transport.connect(node, 0).toCompletableFuture().get(10, TimeUnit.SECONDS);
            throw new AssertionError("connected");
        } catch (ExecutionException e) {
            return Objects.requireNonNull(e.getCause());
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    static Pending<Lookup> get(Connection connection, String key, Duration timeout) {
        return connection.send(Get.of(Key.of(key)), deadline(timeout));
    }

    static Deadline deadline(Duration timeout) {
        return Deadline.after(timeout, Ticker.system());
    }

    static long loopThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("evcache-io"))
                .count();
    }
}
