package io.evcache.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.evcache.client.EvCache;
import io.evcache.client.EvCacheClient;
import io.evcache.client.EvCacheConfig;
import io.evcache.client.pipeline.WritePolicy;
import io.evcache.core.value.StandardCodec;
import io.evcache.testkit.LocalMemcached.Version;
import io.evcache.testkit.LocalZonesExtension;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import net.spy.memcached.KetamaConnectionFactory;
import net.spy.memcached.MemcachedClient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** spymemcached with its Ketama ring and this client on the same three nodes: a key that one places elsewhere would be a miss for the other. */
class SpymemcachedClientIT {
    private static final int TTL_SECONDS = 900;
    private static final Duration TTL = Duration.ofSeconds(TTL_SECONDS);
    private static final int SHARED_KEYS = 1_000;

    @RegisterExtension
    static final LocalZonesExtension servers = LocalZonesExtension.of(Version.DEBIAN_12, 3, "a");

    private static MemcachedClient theirs;
    private static EvCacheClient client;
    private static EvCache<Object> ours;

    @BeforeAll
    static void connect() throws Exception {
        List<InetSocketAddress> addresses = servers.zones().nodes("a").stream()
                .map(node -> new InetSocketAddress("localhost", node.port()))
                .toList();
        theirs = new MemcachedClient(new KetamaConnectionFactory(), addresses);
        String nodes = addresses.stream()
                .map(address -> "localhost/" + address.getAddress().getHostAddress() + ":" + address.getPort())
                .collect(Collectors.joining(","));
        client = EvCacheClient.connect(EvCacheConfig.builder("a=" + nodes)
                .compatibleWithSpymemcached()
                .readTimeout(Duration.ofSeconds(10))
                .writeTimeout(Duration.ofSeconds(10))
                .writePolicy(WritePolicy.ALL)
                .build());
        ours = client.cache("shared", StandardCodec.spymemcached(), o -> o.plainKeys());
    }

    @AfterAll
    static void close() {
        client.close();
        theirs.shutdown();
    }

    @Test
    void eachReadsEveryKindOfValueThatTheOtherWrote() throws Exception {
        List<Object> values = Values.all();
        for (int i = 0; i < values.size(); i++) {
            assertThat(ours.set("ours" + i, values.get(i), TTL)).isTrue();
            assertThat(theirs.set("theirs" + i, TTL_SECONDS, values.get(i)).get(10, TimeUnit.SECONDS))
                    .isTrue();

            assertThat(theirs.get("ours" + i)).as("value %s", i).isEqualTo(values.get(i));
            assertThat(ours.get("theirs" + i)).as("value %s", i).isEqualTo(values.get(i));
        }
    }

    @Test
    void eachFindsEveryKeyOfTheOther() throws Exception {
        for (int i = 0; i < SHARED_KEYS; i++) {
            assertThat(theirs.set("found-by-ours-" + i, TTL_SECONDS, i).get(10, TimeUnit.SECONDS))
                    .isTrue();
            assertThat(ours.set("found-by-theirs-" + i, i, TTL)).isTrue();
        }
        for (int i = 0; i < SHARED_KEYS; i++) {
            assertThat(ours.get("found-by-ours-" + i)).isEqualTo(i);
            assertThat(theirs.get("found-by-theirs-" + i)).isEqualTo(i);
        }
    }
}
