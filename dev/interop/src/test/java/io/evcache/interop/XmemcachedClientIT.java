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
import java.util.stream.Collectors;
import net.rubyeye.xmemcached.MemcachedClient;
import net.rubyeye.xmemcached.XMemcachedClientBuilder;
import net.rubyeye.xmemcached.impl.KetamaMemcachedSessionLocator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** xmemcached with its Ketama ring and this client on the same three nodes. */
class XmemcachedClientIT {
    private static final int TTL_SECONDS = 900;
    private static final Duration TTL = Duration.ofSeconds(TTL_SECONDS);
    private static final int SHARED_KEYS = 1_000;
    private static final long TIMEOUT_MILLIS = 10_000;

    @RegisterExtension
    static final LocalZonesExtension servers = LocalZonesExtension.of(Version.DEBIAN_12, 3, "a");

    @Test
    void withTheRingOfSpymemcachedEachReadsWhatTheOtherWrote() throws Exception {
        List<InetSocketAddress> addresses = servers.zones().nodes("a").stream()
                .map(node -> new InetSocketAddress("localhost", node.port()))
                .toList();
        String nodes = addresses.stream()
                .map(address -> "localhost/" + address.getAddress().getHostAddress() + ":" + address.getPort())
                .collect(Collectors.joining(","));
        XMemcachedClientBuilder builder = new XMemcachedClientBuilder(addresses);
        builder.setSessionLocator(new KetamaMemcachedSessionLocator());
        builder.setOpTimeout(TIMEOUT_MILLIS);
        MemcachedClient theirs = builder.build();
        try (EvCacheClient client = EvCacheClient.connect(EvCacheConfig.builder("a=" + nodes)
                .compatibleWithSpymemcached()
                .readTimeout(Duration.ofMillis(TIMEOUT_MILLIS))
                .writeTimeout(Duration.ofMillis(TIMEOUT_MILLIS))
                .writePolicy(WritePolicy.ALL)
                .build())) {
            EvCache<Object> ours = client.cache("shared", StandardCodec.spymemcached(), o -> o.plainKeys());

            assertValues(ours, theirs);
            assertKeys(ours, theirs);
        } finally {
            theirs.shutdown();
        }
    }

    private static void assertValues(EvCache<Object> ours, MemcachedClient theirs) throws Exception {
        List<Object> values = Values.all();
        for (int i = 0; i < values.size(); i++) {
            assertThat(ours.set("ours" + i, values.get(i), TTL)).isTrue();
            assertThat(theirs.set("theirs" + i, TTL_SECONDS, values.get(i))).isTrue();

            Object read = theirs.get("ours" + i);
            assertThat(read).as("value %s", i).isEqualTo(values.get(i));
            assertThat(ours.get("theirs" + i)).as("value %s", i).isEqualTo(values.get(i));
        }
    }

    private static void assertKeys(EvCache<Object> ours, MemcachedClient theirs) throws Exception {
        for (int i = 0; i < SHARED_KEYS; i++) {
            assertThat(theirs.set("found-by-ours-" + i, TTL_SECONDS, i)).isTrue();
            assertThat(ours.set("found-by-theirs-" + i, i, TTL)).isTrue();
        }
        for (int i = 0; i < SHARED_KEYS; i++) {
            assertThat(ours.get("found-by-ours-" + i)).isEqualTo(i);
            int read = theirs.get("found-by-theirs-" + i);
            assertThat(read).isEqualTo(i);
        }
    }
}
