package io.evcache.spymemcached;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.evcache.core.value.EncodedValue;
import io.evcache.core.value.KnownAbsent;
import io.evcache.testkit.EmbeddedMemcached;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import net.spy.memcached.CachedData;
import net.spy.memcached.ConnectionFactoryBuilder;
import net.spy.memcached.MemcachedClient;
import net.spy.memcached.transcoders.LongTranscoder;
import net.spy.memcached.transcoders.SerializingTranscoder;
import net.spy.memcached.transcoders.Transcoder;
import org.junit.jupiter.api.Test;

/** spymemcached's own client, with the transcoders that EVCache's client uses as well, reads what our caches keep in place of a value. */
class KnownAbsentForOthersTest {

    @Test
    void theMarkIsNoValueToOtherClients() throws Exception {
        try (EmbeddedMemcached server = EmbeddedMemcached.start()) {
            MemcachedClient reader = new MemcachedClient(
                    new ConnectionFactoryBuilder().setDaemon(true).build(),
                    List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port())));
            try {
                assertThat(reader.set("k", 60, KnownAbsent.mark(), new Raw()).get(10, SECONDS))
                        .isTrue();
                assertThat(server.peek("k"))
                        .hasValueSatisfying(item -> assertThat(item.flags())
                                .isEqualTo(KnownAbsent.mark().flags()));

                assertThat(reader.get("k")).isNull();
                assertThat(reader.get("k", new SerializingTranscoder())).isNull();
                assertThat(reader.get("k", new LongTranscoder())).isNull();
                assertThat(reader.getBulk("k").get("k")).isNull();
            } finally {
                reader.shutdown(1, SECONDS);
            }
        }
    }

    /** Writes bytes and flags as they are. */
    private static final class Raw implements Transcoder<EncodedValue> {

        @Override
        public boolean asyncDecode(CachedData data) {
            return false;
        }

        @Override
        public CachedData encode(EncodedValue value) {
            return new CachedData(value.flags(), value.bytes(), getMaxSize());
        }

        @Override
        public EncodedValue decode(CachedData data) {
            return new EncodedValue(data.getData(), data.getFlags());
        }

        @Override
        public int getMaxSize() {
            return CachedData.MAX_SIZE;
        }
    }
}
