package io.evcache.benchmarks.load.contender;

import com.netflix.config.ConfigurationManager;
import com.netflix.evcache.EVCache;
import com.netflix.evcache.EVCacheException;
import com.netflix.evcache.EVCacheLatch;
import com.netflix.evcache.connection.ConnectionFactoryBuilder;
import com.netflix.evcache.operation.EVCacheOperationFuture;
import com.netflix.evcache.pool.EVCacheClientPoolManager;
import com.netflix.evcache.pool.SimpleNodeListProvider;
import io.evcache.benchmarks.load.Contender;
import io.evcache.benchmarks.load.Scenario.Kind;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import net.spy.memcached.CachedData;
import net.spy.memcached.internal.OperationCompletionListener;
import net.spy.memcached.transcoders.Transcoder;
import org.jspecify.annotations.Nullable;
import rx.Scheduler;
import rx.schedulers.Schedulers;

/**
 * Netflix's own client as Maven Central has it: binary protocol, one client object per zone inside. Timeouts and queue bounds are raised so that nothing is refused, and exceptions
 * are switched on so that nothing is swallowed. Its newest API for one asynchronous read is a {@code Single}.
 */
public final class NetflixEvCache implements Contender {
    private static final Transcoder<byte[]> AS_IS = new AsIs();
    private static final long WAIT_SECONDS = 3;
    private static final int TTL_SECONDS = 3_600;
    private static final String TIMEOUT_MILLIS = "2500";
    /** The default of 50 refuses deep pipelines. */
    private static final String MAX_READ_QUEUE = "20000";

    private final String app;
    private final Scheduler timeouts = Schedulers.computation();
    private final EVCacheClientPoolManager manager;
    private final EVCache cache;
    private List<String> keys = List.of();

    public NetflixEvCache(String protocol, List<Integer> ports) {
        app = "BENCH" + ports.size();
        List<String> zones = new ArrayList<>();
        for (int port : ports) {
            zones.add("zone" + zones.size() + "=localhost:" + port);
        }
        Properties properties = new Properties();
        properties.setProperty(app + "-NODES", String.join(";", zones));
        for (String timeout :
                List.of(".EVCacheClientPool.readTimeout", ".EVCacheClientPool.bulkReadTimeout", ".operation.timeout")) {
            properties.setProperty(app + timeout, TIMEOUT_MILLIS);
        }
        properties.setProperty(app + ".max.read.queue.length", MAX_READ_QUEUE);
        ConfigurationManager.loadProperties(properties); // System properties are read once only, by the first client.
        manager = new EVCacheClientPoolManager(new ConnectionFactoryBuilder(), new SimpleNodeListProvider());
        manager.initEVCache(app);
        cache = new EVCache.Builder()
                .setAppName(app)
                .setTranscoder(AS_IS)
                .setDefaultTTL(TTL_SECONDS)
                .enableExceptionPropagation()
                .build();
    }

    @Override
    public Set<Kind> abilities() {
        return EnumSet.allOf(Kind.class);
    }

    @Override
    public void use(List<String> names) {
        keys = names;
    }

    @Override
    public byte @Nullable [] get(int key) throws EVCacheException {
        return cache.get(keys.get(key), AS_IS);
    }

    @Override
    public Map<String, byte[]> getAll(int from, int count) throws EVCacheException {
        return cache.getBulk(keys.subList(from, from + count), AS_IS);
    }

    @Override
    public void set(int key, byte[] value) throws Exception {
        EVCacheLatch latch = cache.set(keys.get(key), value, AS_IS, TTL_SECONDS, EVCacheLatch.Policy.ALL);
        if (!latch.await(WAIT_SECONDS, TimeUnit.SECONDS) || latch.getFailureCount() > 0) {
            throw new IllegalStateException("not stored everywhere: " + latch);
        }
    }

    @Override
    public void get(int key, Completion done) {
        cache.get(keys.get(key), AS_IS, timeouts).subscribe(done::succeeded, done::failed);
    }

    @Override
    public void set(int key, byte[] value, Completion done) throws EVCacheException {
        EVCacheLatch latch = cache.set(keys.get(key), value, AS_IS, TTL_SECONDS, EVCacheLatch.Policy.ALL);
        List<Future<Boolean>> zones = latch.getAllFutures();
        AtomicInteger open = new AtomicInteger(zones.size());
        OperationCompletionListener listener = future -> {
            if (!future.getStatus().isSuccess()) {
                done.failed(new IllegalStateException(future.getStatus().getMessage()));
            } else if (open.decrementAndGet() == 0) {
                done.succeeded(null);
            }
        };
        for (Future<Boolean> zone : zones) {
            ((EVCacheOperationFuture<?>) zone).addListener(listener);
        }
    }

    private static final class AsIs implements Transcoder<byte[]> {
        @Override
        public boolean asyncDecode(CachedData data) {
            return false;
        }

        @Override
        public CachedData encode(byte[] value) {
            return new CachedData(0, value, getMaxSize());
        }

        @Override
        public byte[] decode(CachedData data) {
            return data.getData();
        }

        @Override
        public int getMaxSize() {
            return CachedData.MAX_SIZE;
        }
    }
}
