package io.evcache.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.evcache.testkit.LocalMemcached.Version;
import io.evcache.testkit.LocalZonesExtension;
import io.netty.buffer.ByteBufUtil;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetector.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class MixedOperationsIT {
    private static final int THREADS = 8;
    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    /** Eight threads on two cores wait for each other; what is looked for here are calls that nobody ends. */
    private static final Duration SCHEDULING_NOISE = Duration.ofSeconds(2);

    /** Netty's allocator keeps a chunk or two for the next client, the same ones whatever the number of clients before. Ten bytes lost per operation would be as much as this. */
    private static final long KEPT_BY_THE_ALLOCATOR_BYTES = 4 << 20;

    private static final Queue<String> leaks = new ConcurrentLinkedQueue<>();

    private static Level levelBefore = Level.DISABLED;

    @RegisterExtension
    static final LocalZonesExtension zones = LocalZonesExtension.of(Version.DEBIAN_12, 2, "a", "b", "c");

    /** The build's paranoid level records a stack trace for every access to a buffer, which takes most of the time here. Sampling finds a leak among so many operations just as well. */
    @BeforeAll
    static void sampleBuffersForLeaks() {
        levelBefore = ResourceLeakDetector.getLevel();
        ResourceLeakDetector.setLevel(Level.SIMPLE);
        ByteBufUtil.setLeakListener((type, records) -> leaks.add(type + " " + records));
    }

    @AfterAll
    static void restoreLeakDetection() {
        ResourceLeakDetector.setLevel(levelBefore);
    }

    @Test
    void mixedOperationsReadNothingButTheRightValueAndLeaveNothingBehind() throws Exception {
        run(400_000);
    }

    @Test
    @Tag("slow")
    void twoMillionMixedOperationsReadNothingButTheRightValueAndLeaveNothingBehind() throws Exception {
        run(2_000_000);
    }

    private static void run(int count) throws Exception {
        long socketsBefore = Leftovers.sockets();
        mixed("warm-up", 50_000);
        Leftovers.assertNone(socketsBefore);
        long directBefore = Leftovers.directBytes();

        // A cache of its own: what another test has written would be newer than anything that this one has.
        MixedOperations operations = mixed("mixed-" + count, count);

        System.out.println(operations);
        assertThat(operations.operations.sum()).isEqualTo(count);
        assertThat(operations.wrong).isEmpty();
        assertThat(operations.hits.sum()).isGreaterThan(count / 4);
        assertThat(operations.writesMet.sum()).isGreaterThan(count / 4);
        assertThat(operations.slowestNanos.get())
                .isLessThan(TIMEOUT.plus(SCHEDULING_NOISE).toNanos());
        Leftovers.assertNone(socketsBefore);
        assertThat(Leftovers.directBytes()).isLessThan(directBefore + KEPT_BY_THE_ALLOCATOR_BYTES);
        System.gc(); // a buffer that was forgotten is noticed when the next ones are allocated after its collection
        mixed("afterwards", 50_000);
        assertThat(leaks).isEmpty();
    }

    private static MixedOperations mixed(String cache, int count) throws Exception {
        EvCacheConfig config = EvCacheConfig.builder(zones.connectString())
                .readTimeout(TIMEOUT)
                .writeTimeout(TIMEOUT)
                .build();
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try (EvCacheClient client = EvCacheClient.connect(config)) {
            MixedOperations operations = new MixedOperations(client.cache(cache, Described.CODEC));
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                int seed = i;
                running.add(threads.submit(() -> operations.run(count / THREADS, seed)));
            }
            for (Future<?> thread : running) {
                thread.get();
            }
            return operations;
        } finally {
            threads.shutdownNow();
        }
    }
}
