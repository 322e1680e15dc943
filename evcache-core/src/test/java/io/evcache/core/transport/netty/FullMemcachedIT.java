package io.evcache.core.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.evcache.core.command.Get;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Pending;
import io.evcache.core.command.Store;
import io.evcache.core.command.StoreReply;
import io.evcache.core.error.EvCacheException;
import io.evcache.core.error.ServerError;
import io.evcache.core.key.Key;
import io.evcache.core.time.Deadline;
import io.evcache.core.time.Ticker;
import io.evcache.core.topology.NodeAddress;
import io.evcache.core.transport.Connection;
import io.evcache.core.transport.TransportConfig;
import io.evcache.core.value.EncodedValue;
import io.evcache.core.value.Ttl;
import io.evcache.testkit.LocalMemcached;
import io.evcache.testkit.LocalMemcached.Version;
import io.evcache.testkit.LocalMemcachedExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Servers that evict nothing ({@code -M}) and are full: a set is refused, and nobody is told that it was stored. */
class FullMemcachedIT {
    private static final int SETS = 6_000;

    @RegisterExtension
    static final LocalMemcachedExtension DEBIAN = LocalMemcachedExtension.of(Version.DEBIAN_12, "-M", "-m", "2");

    @RegisterExtension
    static final LocalMemcachedExtension NEWEST = LocalMemcachedExtension.of(Version.NEWEST, "-M", "-m", "2");

    @Test
    void whoIsToldThatItWasStoredFindsItOnDebians() throws Exception {
        requireTruth(DEBIAN.server());
    }

    @Test
    void whoIsToldThatItWasStoredFindsItOnTheNewest() throws Exception {
        requireTruth(NEWEST.server());
    }

    private static void requireTruth(LocalMemcached server) throws Exception {
        try (NettyTransport transport = NettyTransport.start(TransportConfig.defaults())) {
            Connection connection = transport
                    .connect(new NodeAddress("127.0.0.1", server.port()), 0)
                    .toCompletableFuture()
                    .get(10, TimeUnit.SECONDS);
            EncodedValue value = new EncodedValue(new byte[1_000], 0);
            List<Pending<StoreReply>> calls = new ArrayList<>();
            for (int i = 0; i < SETS; i++) {
                calls.add(connection.send(Store.set(Key.of("k" + i), value, Ttl.none()), deadline()));
            }

            int stored = 0;
            int refused = 0;
            for (int i = 0; i < SETS; i++) {
                EvCacheException refusal = refusal(calls.get(i));
                boolean isThere =
                        connection.send(Get.of(Key.of("k" + i)), deadline()).await(deadline()) instanceof Lookup.Hit;
                stored += refusal == null ? 1 : 0;
                refused += refusal == null ? 0 : 1;
                if (refusal == null || !refusal.mayHaveBeenApplied()) {
                    assertThat(isThere).as("k%d, %s", i, refusal).isEqualTo(refusal == null);
                }
            }

            assertThat(stored).isPositive();
            assertThat(refused).isPositive();
            assertThat(connection.closed().toCompletableFuture()).isNotDone();
        }
    }

    private static @Nullable EvCacheException refusal(Pending<StoreReply> call) {
        try {
            assertThat(call.await(deadline())).isEqualTo(StoreReply.STORED);
            return null;
        } catch (ServerError refusal) {
            return refusal;
        }
    }

    private static Deadline deadline() {
        return Deadline.after(Duration.ofSeconds(10), Ticker.system());
    }
}
