package io.evcache.benchmarks.load.contender;

import io.evcache.benchmarks.load.Contender;
import io.evcache.benchmarks.load.Scenario.Kind;
import io.evcache.client.EvCache;
import io.evcache.client.EvCacheClient;
import io.evcache.client.EvCacheConfig;
import io.evcache.client.pipeline.WritePolicy;
import io.evcache.core.value.Codec;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * This client as an application has it, with its defaults but for longer timeouts. Under protocol {@code direct} futures complete on the event loop instead of a callback thread.
 */
public final class WholeClient implements Contender {
    private static final String CACHE = "bench";
    private static final Duration TIMEOUT = Duration.ofMillis(2_500);
    private static final Duration TTL = Duration.ofHours(1);

    private final String protocol;
    private final EvCache<byte[]> cache;
    private List<String> keys = List.of();

    public WholeClient(String protocol, List<Integer> ports) {
        this(
                protocol,
                IntStream.range(0, ports.size())
                        .boxed()
                        .collect(Collectors.toMap(zone -> "zone" + zone, zone -> List.of(ports.get(zone)))));
    }

    private WholeClient(String protocol, Map<String, List<Integer>> zones) {
        EvCacheConfig.Builder config = EvCacheConfig.builder()
                .localZone("zone0")
                .readTimeout(TIMEOUT)
                .writeTimeout(TIMEOUT)
                .writePolicy(WritePolicy.ALL);
        zones.forEach((zone, ports) -> config.zone(
                zone, ports.stream().map(port -> "127.0.0.1:" + port).toArray(String[]::new)));
        EvCacheClient.Builder builder = EvCacheClient.builder(config.build());
        if (protocol.equals("direct")) {
            builder.callbackExecutor(Runnable::run);
        }
        this.protocol = protocol;
        this.cache = builder.connect().cache(CACHE, Codec.bytes());
    }

    @Override
    public Optional<Contender> spread(List<Integer> nodePorts) {
        return Optional.of(new WholeClient(protocol, Map.of("zone0", nodePorts)));
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
    public String wireKey(String key) {
        return CACHE + ':' + key;
    }

    @Override
    public byte @Nullable [] get(int key) {
        byte[] value = cache.get(keys.get(key));
        if (value == null) {
            // It answers null for a failure, too; what it says a moment later is a hint at which it was.
            throw new IllegalStateException(keys.get(key) + ": null; asked again: " + cache.lookup(keys.get(key)));
        }
        return value;
    }

    @Override
    public Map<String, byte[]> getAll(int from, int count) {
        return cache.getAll(keys.subList(from, from + count));
    }

    @Override
    public void set(int key, byte[] value) {
        if (!cache.set(keys.get(key), value, TTL)) {
            throw new IllegalStateException("not stored everywhere");
        }
    }

    @Override
    public void get(int key, Completion done) {
        cache.async().get(keys.get(key)).whenComplete((value, failure) -> {
            if (failure != null) {
                done.failed(failure);
            } else {
                done.succeeded(value);
            }
        });
    }

    @Override
    public void set(int key, byte[] value, Completion done) {
        cache.async().set(keys.get(key), value, TTL).toCompletableFuture().whenComplete((result, failure) -> {
            if (failure != null || !result.isMet()) {
                done.failed(failure != null ? failure : new IllegalStateException("not stored everywhere: " + result));
            } else {
                done.succeeded(null);
            }
        });
    }
}
