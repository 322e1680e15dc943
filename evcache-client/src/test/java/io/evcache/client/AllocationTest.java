package io.evcache.client;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.evcache.client.pipeline.WritePolicy;
import io.evcache.client.pipeline.WriteResult;
import io.evcache.core.value.Codec;
import io.evcache.testkit.EmbeddedMemcached;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a call allocates, on all threads of a client with its defaults. The bounds are about one and a half times what was measured. */
class AllocationTest {
    private static final int OUTSTANDING = 64;
    private static final String KEY = "0000000001";
    private static final Duration TTL = Duration.ofHours(1);

    private final byte[] value = new byte[100];
    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
    }

    @Test
    void getAllocatesTheKeyTheCallAndTheValue() {
        EvCache<byte[]> cache = cacheInZones(1);
        assertThat(cache.set(KEY, value, TTL)).isTrue();

        long bytes = Allocations.perOperation(() -> requireNonNull(cache.get(KEY)));

        assertThat(bytes).isLessThan(590);
    }

    @Test
    void asynchronousGetAllocatesTheKeyTheCallTheFutureAndTheValue() {
        EvCache<byte[]> cache = cacheInZones(1);
        assertThat(cache.set(KEY, value, TTL)).isTrue();
        AsyncEvCache<byte[]> async = cache.async();
        Semaphore outstanding = new Semaphore(OUTSTANDING);
        AtomicInteger missed = new AtomicInteger();
        Consumer<byte @Nullable []> count = got -> {
            if (got == null) {
                missed.incrementAndGet();
            }
            outstanding.release();
        };

        long bytes = Allocations.perOperation(() -> {
            outstanding.acquireUninterruptibly();
            async.get(KEY).thenAccept(count);
        });

        outstanding.acquireUninterruptibly(OUTSTANDING);
        assertThat(missed).hasValue(0);
        assertThat(bytes).isLessThan(600);
    }

    @Test
    void asynchronousSetAllocatesAFewSmallObjects() {
        long bytes = bytesOfSet(cacheInZones(1));

        assertThat(bytes).isLessThan(530);
    }

    @Test
    void asynchronousSetAllocatesOneMoreObjectPerZone() {
        long bytes = bytesOfSet(cacheInZones(3));

        assertThat(bytes).isLessThan(670);
    }

    private long bytesOfSet(EvCache<byte[]> cache) {
        AsyncEvCache<byte[]> async = cache.async();
        Semaphore outstanding = new Semaphore(OUTSTANDING);
        AtomicInteger refused = new AtomicInteger();
        Consumer<WriteResult> count = result -> {
            if (!result.isMet()) {
                refused.incrementAndGet();
            }
            outstanding.release();
        };

        long bytes = Allocations.perOperation(() -> {
            outstanding.acquireUninterruptibly();
            async.set(KEY, value, TTL).toCompletableFuture().thenAccept(count);
        });

        outstanding.acquireUninterruptibly(OUTSTANDING);
        assertThat(refused).hasValue(0);
        return bytes;
    }

    private EvCache<byte[]> cacheInZones(int zones) {
        EvCacheConfig.Builder config = EvCacheConfig.builder()
                .localZone("zone0")
                .readTimeout(Duration.ofSeconds(30))
                .writeTimeout(Duration.ofSeconds(30))
                .writePolicy(WritePolicy.ALL);
        for (int i = 0; i < zones; i++) {
            EmbeddedMemcached server = EmbeddedMemcached.start();
            open.add(server);
            config.zone("zone" + i, "127.0.0.1:" + server.port());
        }
        EvCacheClient client = EvCacheClient.builder(config.build()).connect();
        open.add(client);
        return client.cache("allocation", Codec.bytes());
    }
}
