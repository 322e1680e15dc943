package io.evcache.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.netflix.config.ConfigurationManager;
import com.netflix.evcache.EVCache;
import com.netflix.evcache.EVCacheLatch;
import com.netflix.evcache.connection.ConnectionFactoryBuilder;
import com.netflix.evcache.pool.EVCacheClientPoolManager;
import com.netflix.evcache.pool.SimpleNodeListProvider;
import io.evcache.client.EvCache;
import io.evcache.client.EvCacheClient;
import io.evcache.client.EvCacheConfig;
import io.evcache.client.netflix.ChunkedValues;
import io.evcache.client.pipeline.WritePolicy;
import io.evcache.core.value.StandardCodec;
import io.evcache.testkit.LocalMemcached.Version;
import io.evcache.testkit.LocalZonesExtension;
import java.time.Duration;
import java.util.Properties;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Values that Netflix's client has cut into chunks, read by this one. */
class NetflixChunksIT {
    private static final String APP = "EVCACHE_CHUNKING";
    private static final int TTL_SECONDS = 900;

    @RegisterExtension
    static final LocalZonesExtension servers = LocalZonesExtension.of(Version.DEBIAN_12, 1, "chunked");

    @Test
    void whatTheirClientCutIsReadAsOneAndWhatThisOneWritesIsPreferredByTheirs() throws Exception {
        Properties properties = new Properties();
        properties.setProperty(APP + "-NODES", servers.connectString());
        properties.setProperty("chunked.chunk.data", "true");
        ConfigurationManager.loadProperties(properties);
        EVCacheClientPoolManager manager =
                new EVCacheClientPoolManager(new ConnectionFactoryBuilder(), new SimpleNodeListProvider());
        manager.initEVCache(APP);
        EVCache theirs = new EVCache.Builder()
                .setAppName(APP)
                .setCachePrefix("profiles")
                .enableExceptionPropagation()
                .build();
        EvCacheConfig config = EvCacheConfig.builder(servers.connectString())
                .compatibleWithNetflix()
                .readTimeout(Duration.ofSeconds(10))
                .writeTimeout(Duration.ofSeconds(10))
                .writePolicy(WritePolicy.ALL)
                .build();
        try (EvCacheClient client = EvCacheClient.builder(config)
                .interceptor(ChunkedValues.of("profiles"))
                .connect()) {
            EvCache<Object> ours = client.cache("profiles", StandardCodec.evCache());
            byte[] noise = new byte[200_000]; // more than 100 parts
            new Random(1).nextBytes(noise);

            EVCacheLatch latch = theirs.set("k", noise, TTL_SECONDS, EVCacheLatch.Policy.ALL);
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(client.cache("plain", StandardCodec.evCache(), o -> o.plainKeys())
                            .get("profiles:k"))
                    .isNull();
            assertThat(ours.get("k")).isEqualTo(noise);

            assertThat(ours.set("k", "one item")).isTrue();
            Object read = theirs.get("k");
            assertThat(read).isEqualTo("one item");
            assertThat(ours.get("k")).isEqualTo("one item");
        } finally {
            manager.shutdown();
        }
    }
}
