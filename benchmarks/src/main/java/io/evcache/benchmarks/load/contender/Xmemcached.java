package io.evcache.benchmarks.load.contender;

import io.evcache.benchmarks.load.Contender;
import io.evcache.benchmarks.load.Scenario.Kind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.rubyeye.xmemcached.MemcachedClient;
import net.rubyeye.xmemcached.XMemcachedClientBuilder;
import net.rubyeye.xmemcached.transcoders.CachedData;
import net.rubyeye.xmemcached.transcoders.CompressionMode;
import net.rubyeye.xmemcached.transcoders.Transcoder;
import org.jspecify.annotations.Nullable;

/** Text protocol and defaults; it has no asynchronous API, so its writes to zones go one after the other. */
public final class Xmemcached implements Contender {
    private static final Transcoder<byte[]> AS_IS = new AsIs();
    private static final long TIMEOUT_MILLIS = 2_500;

    private final List<MemcachedClient> zones = new ArrayList<>();
    private List<String> keys = List.of();

    public Xmemcached(String protocol, List<Integer> ports) throws IOException {
        for (int port : ports) {
            InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
            zones.add(new XMemcachedClientBuilder(List.of(address)).build());
        }
    }

    @Override
    public Set<Kind> abilities() {
        return Set.of(Kind.GET, Kind.SET, Kind.BULK);
    }

    @Override
    public void use(List<String> names) {
        keys = names;
    }

    @Override
    public byte @Nullable [] get(int key) throws Exception {
        return zones.get(0).get(keys.get(key), TIMEOUT_MILLIS, AS_IS);
    }

    @Override
    public Map<String, byte[]> getAll(int from, int count) throws Exception {
        return zones.get(0).get(keys.subList(from, from + count), TIMEOUT_MILLIS, AS_IS);
    }

    @Override
    public void set(int key, byte[] value) throws Exception {
        for (MemcachedClient zone : zones) {
            if (!zone.set(keys.get(key), 0, value, AS_IS, TIMEOUT_MILLIS)) {
                throw new IllegalStateException("not stored");
            }
        }
    }

    private static final class AsIs implements Transcoder<byte[]> {
        @Override
        public CachedData encode(byte[] value) {
            return new CachedData(0, value);
        }

        @Override
        public byte[] decode(CachedData data) {
            return data.getData();
        }

        @Override
        public void setPrimitiveAsString(boolean primitiveAsString) {}

        @Override
        public void setPackZeros(boolean packZeros) {}

        @Override
        public void setCompressionThreshold(int bytes) {}

        @Override
        public boolean isPrimitiveAsString() {
            return false;
        }

        @Override
        public boolean isPackZeros() {
            return false;
        }

        @Override
        public void setCompressionMode(CompressionMode mode) {}
    }
}
