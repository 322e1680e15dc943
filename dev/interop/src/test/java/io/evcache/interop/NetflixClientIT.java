package io.evcache.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.netflix.config.ConfigurationManager;
import com.netflix.evcache.EVCache;
import com.netflix.evcache.EVCacheLatch;
import com.netflix.evcache.connection.ConnectionFactoryBuilder;
import com.netflix.evcache.pool.EVCacheClient;
import com.netflix.evcache.pool.EVCacheClientPoolManager;
import com.netflix.evcache.pool.EVCacheKetamaNodeLocatorConfiguration;
import com.netflix.evcache.pool.EVCacheNodeLocator;
import com.netflix.evcache.pool.SimpleNodeListProvider;
import io.evcache.client.Counters;
import io.evcache.client.EvCache;
import io.evcache.client.EvCacheClient;
import io.evcache.client.EvCacheConfig;
import io.evcache.client.netflix.HashedKeys;
import io.evcache.client.netflix.KeyHash;
import io.evcache.client.pipeline.WritePolicy;
import io.evcache.core.key.Key;
import io.evcache.core.ring.KetamaRing;
import io.evcache.core.ring.RingDialect;
import io.evcache.core.ring.RingMember;
import io.evcache.core.value.StandardCodec;
import io.evcache.testkit.LocalMemcached.Version;
import io.evcache.testkit.LocalZonesExtension;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import net.spy.memcached.DefaultHashAlgorithm;
import net.spy.memcached.MemcachedNode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Netflix's own client and this one on the same memcached servers, two zones: each reads what the other wrote, and both know the same home for every key. */
class NetflixClientIT {
    private static final String APP = "EVCACHE_INTEROP";
    private static final String HASHING_APP = "EVCACHE_HASHING";
    private static final int TTL_SECONDS = 900;
    private static final Duration TTL = Duration.ofSeconds(TTL_SECONDS);
    private static final int KEYS = 100_000;

    @RegisterExtension
    static final LocalZonesExtension servers = LocalZonesExtension.of(Version.DEBIAN_12, 1, "a", "b");

    private static EVCacheClientPoolManager manager;
    private static EVCache theirs;
    private static EVCache theirsWithoutPrefix;
    private static EVCache theirsHashed;
    private static EvCacheClient client;
    private static EvCache<Object> ours;
    private static EvCache<Object> oursWithoutPrefix;

    @BeforeAll
    static void connect() {
        Properties properties = new Properties();
        properties.setProperty(APP + "-NODES", servers.connectString());
        properties.setProperty(HASHING_APP + "-NODES", servers.connectString());
        properties.setProperty(HASHING_APP + ".hash.key", "true");
        for (String timeout :
                List.of(".EVCacheClientPool.readTimeout", ".EVCacheClientPool.bulkReadTimeout", ".operation.timeout")) {
            properties.setProperty(APP + timeout, "10000");
            properties.setProperty(HASHING_APP + timeout, "10000");
        }
        ConfigurationManager.loadProperties(properties); // system properties are read once only, by the first client
        manager = new EVCacheClientPoolManager(new ConnectionFactoryBuilder(), new SimpleNodeListProvider());
        manager.initEVCache(APP);
        manager.initEVCache(HASHING_APP);
        theirs = new EVCache.Builder()
                .setAppName(APP)
                .setCachePrefix("profiles")
                .enableExceptionPropagation()
                .build();
        theirsWithoutPrefix = new EVCache.Builder()
                .setAppName(APP)
                .enableExceptionPropagation()
                .build();
        theirsHashed = new EVCache.Builder()
                .setAppName(HASHING_APP)
                .setCachePrefix("hashed")
                .enableExceptionPropagation()
                .build();

        client = EvCacheClient.connect(EvCacheConfig.builder(servers.connectString())
                .compatibleWithNetflix()
                .readTimeout(Duration.ofSeconds(10))
                .writeTimeout(Duration.ofSeconds(10))
                .writePolicy(WritePolicy.ALL)
                .build());
        ours = client.cache("profiles", StandardCodec.evCache());
        oursWithoutPrefix = client.cache("any", StandardCodec.evCache(), o -> o.plainKeys());
    }

    @AfterAll
    static void close() {
        client.close();
        manager.shutdown();
    }

    @Test
    void theirClientReadsEveryKindOfValueThatThisOneWrote() throws Exception {
        List<Object> values = Values.all();
        for (int i = 0; i < values.size(); i++) {
            assertThat(ours.set("ours" + i, values.get(i), TTL)).isTrue();
            assertThat(oursWithoutPrefix.set("plain-ours" + i, values.get(i), TTL))
                    .isTrue();

            Object read = theirs.get("ours" + i);
            Object readWithoutPrefix = theirsWithoutPrefix.get("plain-ours" + i);
            assertThat(read).as("value %s", i).isEqualTo(values.get(i));
            assertThat(readWithoutPrefix).as("value %s", i).isEqualTo(values.get(i));
        }
    }

    @Test
    void thisClientReadsEveryKindOfValueThatTheirsWrote() throws Exception {
        List<Object> values = Values.all();
        for (int i = 0; i < values.size(); i++) {
            set(theirs, "theirs" + i, values.get(i));
            set(theirsWithoutPrefix, "plain-theirs" + i, values.get(i));

            assertThat(ours.get("theirs" + i)).as("value %s", i).isEqualTo(values.get(i));
            assertThat(oursWithoutPrefix.get("plain-theirs" + i))
                    .as("value %s", i)
                    .isEqualTo(values.get(i));
        }
    }

    private static void set(EVCache cache, String key, Object value) throws Exception {
        EVCacheLatch latch = cache.set(key, value, TTL_SECONDS, EVCacheLatch.Policy.ALL);
        assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(latch.getFailureCount()).isZero();
    }

    @Test
    void whatOneDeletesIsGoneForTheOther() throws Exception {
        ours.set("deleted-by-theirs", "v", TTL);
        assertThat(theirs.delete("deleted-by-theirs", EVCacheLatch.Policy.ALL).await(10, TimeUnit.SECONDS))
                .isTrue();
        set(theirs, "deleted-by-ours", "v");
        assertThat(ours.delete("deleted-by-ours")).isTrue();

        assertThat(ours.get("deleted-by-theirs")).isNull();
        Object read = theirs.get("deleted-by-ours");
        assertThat(read).isNull();
    }

    @Test
    void bothCountOnTheSameCounter() throws Exception {
        Counters counters = client.counters("profiles", o -> o.writePolicy(WritePolicy.ALL));

        assertThat(counters.increment("visits", 5, 5, TTL)).hasValue(5);
        long unused = theirs.incr("visits", 2, 0, TTL_SECONDS); // counts, but answers with the initial value

        assertThat(counters.get("visits")).hasValue(7);
        assertThat(counters.increment("visits", 1, 0, TTL)).hasValue(8);
    }

    @Test
    void eachReadsWhatTheOtherWroteUnderHashedKeys() throws Exception {
        EvCacheConfig config = EvCacheConfig.builder(servers.connectString())
                .compatibleWithNetflix()
                .readTimeout(Duration.ofSeconds(10))
                .writeTimeout(Duration.ofSeconds(10))
                .writePolicy(WritePolicy.ALL)
                .build();
        try (EvCacheClient hashing = EvCacheClient.builder(config)
                .interceptor(HashedKeys.of(KeyHash.SIPHASH24, "hashed"))
                .connect()) {
            EvCache<Object> oursHashed = hashing.cache("hashed", StandardCodec.evCache());
            List<Object> values = Values.all();
            for (int i = 0; i < values.size(); i++) {
                assertThat(oursHashed.set("ours-é🙂" + i, values.get(i), TTL)).isTrue();
                set(theirsHashed, "theirs-é🙂" + i, values.get(i));

                Object read = theirsHashed.get("ours-é🙂" + i);
                assertThat(read).as("value %s", i).isEqualTo(values.get(i));
                assertThat(oursHashed.get("theirs-é🙂" + i)).as("value %s", i).isEqualTo(values.get(i));
            }
        }
    }

    @Test
    void everyKeyHasTheSameHome() throws Exception {
        EVCacheClient one = manager.getEVCacheClientPool(APP).getEVCacheClientForRead();
        List<MemcachedNode> nodes = new ArrayList<>();
        List<RingMember<String>> members = new ArrayList<>();
        for (int i = 1; i <= 5; i++) {
            String host = "cache-" + i + ".example";
            InetAddress ip = InetAddress.getByAddress(host, new byte[] {10, 0, 0, (byte) i});
            nodes.add(FakeNodes.at(new InetSocketAddress(ip, 11_200 + i)));
            members.add(new RingMember<>(host, "10.0.0." + i, 11_200 + i, host));
        }
        EVCacheNodeLocator locator = new EVCacheNodeLocator(
                one, nodes, DefaultHashAlgorithm.KETAMA_HASH, new EVCacheKetamaNodeLocatorConfiguration(one));
        KetamaRing<String> ring = KetamaRing.of(RingDialect.EVCACHE, members);

        for (int i = 0; i < KEYS; i++) {
            String key = "profiles:user-" + i;
            InetSocketAddress home = (InetSocketAddress) locator.getPrimary(key).getSocketAddress();
            assertThat(ring.nodeFor(Key.of(key))).as(key).isEqualTo(home.getHostName());
        }
    }
}
