package io.evcache.core.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.evcache.core.command.Gets;
import io.evcache.core.command.Store;
import io.evcache.core.key.Key;
import io.evcache.core.time.Deadline;
import io.evcache.core.time.Ticker;
import io.evcache.core.topology.NodeAddress;
import io.evcache.core.transport.Connection;
import io.evcache.core.transport.Transport;
import io.evcache.core.transport.TransportConfig;
import io.evcache.core.value.EncodedValue;
import io.evcache.core.value.Ttl;
import io.evcache.testkit.EmbeddedMemcached;
import io.evcache.testkit.EmbeddedMemcachedExtension;
import io.netty.util.ResourceLeakDetector;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What many keys at once cost in memory, on the threads of the caller and of the event loop. */
class BulkAllocationTest {
    private static final int KEYS = 100;
    private static final int VALUE_BYTES = 100;
    private static final int CALLS = 200;

    @RegisterExtension
    static final EmbeddedMemcachedExtension MEMCACHED = EmbeddedMemcachedExtension.of(EmbeddedMemcached.builder());

    private final ResourceLeakDetector.Level level = ResourceLeakDetector.getLevel();
    private final ThreadMXBean memory = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** The search for leaks notes every touch of a buffer, which is many times what is measured here. */
    @BeforeEach
    void trustBuffers() {
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
    }

    @AfterEach
    void searchForLeaksAgain() {
        ResourceLeakDetector.setLevel(level);
    }

    @Test
    void bulkReadAllocatesLittleMoreThanItsValuesAndTheMapOfThem() throws Exception {
        try (Transport transport =
                NettyTransport.start(TransportConfig.defaults().withLanes(1))) {
            Connection connection = transport
                    .connect(new NodeAddress("127.0.0.1", MEMCACHED.server().port()), 0)
                    .toCompletableFuture()
                    .get();
            Key[] keys = stored(connection);
            long[] ids = threads();
            for (int i = 0; i < CALLS; i++) {
                assertThat(read(connection, keys)).hasSize(KEYS);
            }

            long before = allocated(ids);
            int found = 0;
            for (int i = 0; i < CALLS; i++) {
                found += read(connection, keys).size();
            }
            long bytesPerKey = (allocated(ids) - before) / found;

            assertThat(found).isEqualTo(KEYS * CALLS);
            // 120 are the array of the value, 40 the place in the map; an object or two more for each key would be over
            // the bound.
            assertThat(bytesPerKey).isBetween(150L, 230L);
        }
    }

    private static Map<Key, byte[]> read(Connection connection, Key[] keys) {
        Gets gets = new Gets(keys);
        connection.sendAll(gets.all(), deadline());
        Gets answered = gets.await(deadline());
        Map<Key, byte[]> found = new HashMap<>(2 * KEYS);
        for (int i = 0; i < KEYS; i++) {
            found.put(keys[i], Objects.requireNonNull(answered.value(i)).bytes());
        }
        return found;
    }

    private static Key[] stored(Connection connection) {
        Key[] keys = new Key[KEYS];
        for (int i = 0; i < KEYS; i++) {
            keys[i] = Key.of("allocation:" + (1_000 + i));
            connection
                    .send(Store.set(keys[i], new EncodedValue(new byte[VALUE_BYTES], 0), Ttl.none()), deadline())
                    .await(deadline());
        }
        return keys;
    }

    /** This thread, and those of event loops. Loops of other tests have ended, or have nothing to do. */
    private static long[] threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread ->
                        thread == Thread.currentThread() || thread.getName().startsWith("evcache-io-"))
                .mapToLong(Thread::getId)
                .toArray();
    }

    private long allocated(long[] ids) {
        long sum = 0;
        for (long bytes : memory.getThreadAllocatedBytes(ids)) {
            sum += bytes;
        }
        return sum;
    }

    private static Deadline deadline() {
        return Deadline.after(Duration.ofSeconds(10), Ticker.system());
    }
}
