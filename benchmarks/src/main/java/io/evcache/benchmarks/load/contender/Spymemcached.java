package io.evcache.benchmarks.load.contender;

import io.evcache.benchmarks.load.Contender;
import io.evcache.benchmarks.load.Scenario.Kind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import net.spy.memcached.BinaryConnectionFactory;
import net.spy.memcached.CachedData;
import net.spy.memcached.DefaultConnectionFactory;
import net.spy.memcached.MemcachedClient;
import net.spy.memcached.internal.GetCompletionListener;
import net.spy.memcached.internal.OperationCompletionListener;
import net.spy.memcached.internal.OperationFuture;
import net.spy.memcached.transcoders.Transcoder;
import org.jspecify.annotations.Nullable;

/** The classic client with its own defaults, one client object per zone, as its users must have it. */
public final class Spymemcached implements Contender {
    private static final Transcoder<byte[]> AS_IS = new AsIs();

    private final List<MemcachedClient> zones = new ArrayList<>();
    private List<String> keys = List.of();

    public Spymemcached(String protocol, List<Integer> ports) throws IOException {
        for (int port : ports) {
            DefaultConnectionFactory factory =
                    protocol.equals("binary") ? new BinaryConnectionFactory() : new DefaultConnectionFactory();
            zones.add(new MemcachedClient(
                    factory, List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))));
        }
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
    public byte @Nullable [] get(int key) {
        return zones.get(0).get(keys.get(key), AS_IS);
    }

    @Override
    public Map<String, byte[]> getAll(int from, int count) {
        return zones.get(0).getBulk(keys.subList(from, from + count), AS_IS);
    }

    @Override
    public void set(int key, byte[] value) throws Exception {
        List<OperationFuture<Boolean>> pending = new ArrayList<>(zones.size());
        for (MemcachedClient zone : zones) {
            pending.add(zone.set(keys.get(key), 0, value, AS_IS));
        }
        for (OperationFuture<Boolean> one : pending) {
            requireStored(one);
        }
    }

    @Override
    public void get(int key, Completion done) {
        zones.get(0).asyncGet(keys.get(key), AS_IS).addListener((GetCompletionListener) future -> {
            if (future.getStatus().isSuccess()) {
                done.succeeded((byte[]) future.get());
            } else {
                done.failed(new IllegalStateException(future.getStatus().getMessage()));
            }
        });
    }

    @Override
    public void set(int key, byte[] value, Completion done) {
        AtomicInteger open = new AtomicInteger(zones.size());
        OperationCompletionListener listener = future -> {
            if (!future.getStatus().isSuccess()) {
                done.failed(new IllegalStateException(future.getStatus().getMessage()));
            } else if (open.decrementAndGet() == 0) {
                done.succeeded(null);
            }
        };
        for (MemcachedClient zone : zones) {
            zone.set(keys.get(key), 0, value, AS_IS).addListener(listener);
        }
    }

    private static void requireStored(OperationFuture<Boolean> future) throws Exception {
        if (!future.get()) {
            throw new IllegalStateException(future.getStatus().getMessage());
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
