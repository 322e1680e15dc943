package io.evcache.benchmarks.load.contender;

import com.spotify.folsom.ConnectFuture;
import com.spotify.folsom.MemcacheClient;
import com.spotify.folsom.MemcacheClientBuilder;
import com.spotify.folsom.MemcacheStatus;
import io.evcache.benchmarks.load.Contender;
import io.evcache.benchmarks.load.Scenario.Kind;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Defaults, but for the bound on outstanding requests, which must not refuse what the scenarios ask. */
public final class Folsom implements Contender {
    private static final int MAX_OUTSTANDING = 20_000;

    private final List<MemcacheClient<byte[]>> zones = new ArrayList<>();
    private List<String> keys = List.of();

    public Folsom(String protocol, List<Integer> ports) throws Exception {
        for (int port : ports) {
            MemcacheClientBuilder<byte[]> builder = MemcacheClientBuilder.newByteArrayClient()
                    .withAddress("127.0.0.1", port)
                    .withMaxOutstandingRequests(MAX_OUTSTANDING);
            MemcacheClient<byte[]> client =
                    protocol.equals("binary") ? builder.connectBinary() : builder.connectAscii();
            ConnectFuture.connectFuture(client).toCompletableFuture().get(10, TimeUnit.SECONDS);
            zones.add(client);
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
    public byte @Nullable [] get(int key) throws Exception {
        return zones.get(0).get(keys.get(key)).toCompletableFuture().get();
    }

    @Override
    public Map<String, byte[]> getAll(int from, int count) throws Exception {
        List<String> asked = keys.subList(from, from + count);
        List<byte[]> values = zones.get(0).get(asked).toCompletableFuture().get();
        Map<String, byte[]> found = new HashMap<>(count * 2);
        for (int i = 0; i < count; i++) {
            found.put(asked.get(i), values.get(i));
        }
        return found;
    }

    @Override
    public void set(int key, byte[] value) throws Exception {
        List<CompletionStage<MemcacheStatus>> pending = new ArrayList<>(zones.size());
        for (MemcacheClient<byte[]> zone : zones) {
            pending.add(zone.set(keys.get(key), value, 0));
        }
        for (CompletionStage<MemcacheStatus> one : pending) {
            MemcacheStatus status = one.toCompletableFuture().get();
            if (status != MemcacheStatus.OK) {
                throw new IllegalStateException("the server answered " + status);
            }
        }
    }

    @Override
    public void get(int key, Completion done) {
        zones.get(0).get(keys.get(key)).whenComplete((value, failure) -> {
            if (failure != null) {
                done.failed(failure);
            } else {
                done.succeeded(value);
            }
        });
    }

    @Override
    public void set(int key, byte[] value, Completion done) {
        AtomicInteger open = new AtomicInteger(zones.size());
        for (MemcacheClient<byte[]> zone : zones) {
            zone.set(keys.get(key), value, 0).whenComplete((status, failure) -> {
                if (status != MemcacheStatus.OK) {
                    done.failed(failure != null ? failure : new IllegalStateException("answered " + status));
                } else if (open.decrementAndGet() == 0) {
                    done.succeeded(null);
                }
            });
        }
    }
}
