package io.evcache.core.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.evcache.core.command.Get;
import io.evcache.core.command.Pending;
import io.evcache.core.command.Receiver;
import io.evcache.core.command.Store;
import io.evcache.core.command.StoreReply;
import io.evcache.core.key.Key;
import io.evcache.core.time.Deadline;
import io.evcache.core.time.Ticker;
import io.evcache.core.time.Timeout;
import io.evcache.core.topology.NodeAddress;
import io.evcache.core.transport.Connection;
import io.evcache.core.transport.TransportConfig;
import io.evcache.core.value.EncodedValue;
import io.evcache.core.value.Ttl;
import io.evcache.testkit.EmbeddedMemcached;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a command through the transport allocates, on all its threads. The bounds are about one and a half times what was measured. */
class AllocationTest {
    private static final Key KEY = Key.of("allocation:0000000001");
    private static final int OUTSTANDING = 64;

    private final EncodedValue value = new EncodedValue(new byte[100], 0);
    private final Timeout timeout = Timeout.ofNanos(TimeUnit.SECONDS.toNanos(30), Ticker.system());
    private final EmbeddedMemcached server = EmbeddedMemcached.start();
    private final NettyTransport transport = NettyTransport.start(TransportConfig.defaults());
    private Connection connection;

    @BeforeEach
    void connect() {
        connection = transport
                .connect(new NodeAddress("127.0.0.1", server.port()), 0)
                .toCompletableFuture()
                .join();
    }

    @AfterEach
    void close() {
        transport.close();
        server.close();
    }

    @Test
    void synchronousGetAllocatesTheCommandTheCallAndTheValue() {
        StoreReply stored = connection.send(set(), timeout.start()).await(timeout.start());
        assertThat(stored).isEqualTo(StoreReply.STORED);

        long bytes = Allocations.perOperation(() -> {
            Deadline deadline = timeout.start();
            var unused =
                    connection.send(new Get(KEY, Get.Wants.PLAIN), deadline).await(deadline);
        });

        assertThat(bytes).isLessThan(320);
    }

    @Test
    void asynchronousSetAllocatesTheCommandAndTheCall() {
        Outstanding outstanding = new Outstanding();

        long bytes = Allocations.perOperation(() -> {
            outstanding.acquireUninterruptibly();
            connection.send(set(), timeout.start()).receive(outstanding);
        });

        outstanding.acquireUninterruptibly(OUTSTANDING);
        assertThat(outstanding.refused).isZero();
        assertThat(bytes).isLessThan(120);
    }

    private Store set() {
        return Store.set(KEY, value, Ttl.none());
    }

    /** One object for all calls. */
    private static final class Outstanding extends Semaphore implements Receiver<StoreReply> {
        private static final long serialVersionUID = 1;

        /** Confined to the event loop, and read when nothing is outstanding. */
        private int refused;

        Outstanding() {
            super(OUTSTANDING);
        }

        @Override
        public void settled(Pending<? extends StoreReply> settled) {
            refused += settled.value() == StoreReply.STORED ? 0 : 1;
            release();
        }
    }
}
