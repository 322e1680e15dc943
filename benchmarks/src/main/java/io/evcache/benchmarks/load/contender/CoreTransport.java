package io.evcache.benchmarks.load.contender;

import static java.util.Objects.requireNonNull;

import io.evcache.benchmarks.load.Contender;
import io.evcache.benchmarks.load.Scenario.Kind;
import io.evcache.core.command.Get;
import io.evcache.core.command.Gets;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Pending;
import io.evcache.core.command.Receiver;
import io.evcache.core.command.Route;
import io.evcache.core.command.Store;
import io.evcache.core.command.StoreReply;
import io.evcache.core.command.Waiting;
import io.evcache.core.error.EvCacheException;
import io.evcache.core.key.Key;
import io.evcache.core.time.Deadline;
import io.evcache.core.time.Ticker;
import io.evcache.core.time.Timeout;
import io.evcache.core.topology.NodeAddress;
import io.evcache.core.transport.Transport;
import io.evcache.core.transport.TransportConfig;
import io.evcache.core.transport.netty.NettyTransport;
import io.evcache.core.value.EncodedValue;
import io.evcache.core.value.Ttl;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** This client's bare transport: one connection per zone, or per node of one zone, all on one lane. Keys are ready-made, as the transport's own caller has them; command and deadline are made per operation. */
public final class CoreTransport implements Contender {
    private static final long TIMEOUT_NANOS = TimeUnit.MILLISECONDS.toNanos(2_500);

    private final Transport transport = NettyTransport.start(TransportConfig.defaults());
    private final Timeout timeout = Timeout.ofNanos(TIMEOUT_NANOS, Ticker.system());
    private final List<Route> routes = new ArrayList<>();

    /** Whether the routes are nodes among which the keys are divided, and not zones that hold all of them. */
    private final boolean areNodes;

    private List<String> texts = List.of();
    private List<Key> keys = List.of();

    public CoreTransport(String protocol, List<Integer> ports) {
        this(ports, false);
    }

    private CoreTransport(List<Integer> ports, boolean areNodes) {
        this.areNodes = areNodes;
        for (int port : ports) {
            routes.add(transport
                    .connect(new NodeAddress("127.0.0.1", port), 0)
                    .toCompletableFuture()
                    .join());
        }
    }

    @Override
    public Optional<Contender> spread(List<Integer> nodePorts) {
        return Optional.of(new CoreTransport(nodePorts, true));
    }

    @Override
    public Set<Kind> abilities() {
        return EnumSet.allOf(Kind.class);
    }

    @Override
    public void use(List<String> names) {
        texts = names;
        keys = names.stream().map(Key::of).toList();
    }

    @Override
    public byte @Nullable [] get(int key) {
        Deadline deadline = deadline();
        return Waiting.during(() -> bytes(send(key, deadline).await(deadline)));
    }

    @Override
    public Map<String, byte[]> getAll(int from, int count) {
        Deadline deadline = deadline();
        Gets gets = new Gets(keys.subList(from, from + count).toArray(Key[]::new));
        Gets all = Waiting.during(() -> {
            routes.get(0).sendAll(gets.all(), deadline);
            return gets.await(deadline);
        });
        Map<String, byte[]> found = new HashMap<>(count * 2);
        for (int i = 0; i < count; i++) {
            EncodedValue value = all.value(i);
            if (value != null) {
                found.put(texts.get(from + i), value.bytes());
            }
        }
        return found;
    }

    @Override
    public void set(int key, byte[] value) {
        Deadline deadline = deadline();
        Store store = store(key, value);
        List<Route> homes = homes(key);
        Together together = new Together(homes.size());
        requireStored(Waiting.during(() -> {
            for (Route zone : homes) {
                zone.send(store, deadline).receive(together);
            }
            return together.await(deadline);
        }));
    }

    @Override
    public void get(int key, Completion done) {
        send(key, deadline()).receive(settled -> {
            Lookup lookup = settled.value();
            if (lookup == null) {
                done.failed(failure(settled));
            } else {
                done.succeeded(bytes(lookup));
            }
        });
    }

    @Override
    public void set(int key, byte[] value, Completion done) {
        Deadline deadline = deadline();
        Store store = store(key, value);
        List<Route> homes = homes(key);
        Countdown countdown = new Countdown(homes.size(), done);
        for (Route zone : homes) {
            zone.send(store, deadline).receive(countdown);
        }
    }

    private Pending<Lookup> send(int key, Deadline deadline) {
        return (areNodes ? node(key) : routes.get(0)).send(new Get(keys.get(key), Get.Wants.PLAIN), deadline);
    }

    private List<Route> homes(int key) {
        return areNodes ? List.of(node(key)) : routes;
    }

    private Route node(int key) {
        return routes.get(Math.floorMod(keys.get(key).hashCode(), routes.size()));
    }

    private Store store(int key, byte[] value) {
        return Store.set(keys.get(key), new EncodedValue(value, 0), Ttl.none());
    }

    private Deadline deadline() {
        return timeout.start();
    }

    private static byte @Nullable [] bytes(Lookup lookup) {
        return lookup instanceof Lookup.Hit hit ? hit.value().bytes() : null;
    }

    private static void requireStored(@Nullable StoreReply reply) {
        if (reply != StoreReply.STORED) {
            throw new IllegalStateException("the server answered " + reply);
        }
    }

    private static Throwable failure(Pending<?> settled) {
        EvCacheException failure = settled.failure();
        return failure == null ? new IllegalStateException("told before it settled") : failure;
    }

    /** What a caller waits for that has written to several zones: the last answer, or the first that is not as it should be. */
    private static final class Together extends Pending<StoreReply> implements Receiver<StoreReply> {
        private final AtomicInteger open;

        Together(int zones) {
            open = new AtomicInteger(zones);
        }

        @Override
        public void settled(Pending<? extends StoreReply> settled) {
            StoreReply reply = settled.value();
            if (reply == null) {
                fail(requireNonNull(settled.failure()));
            } else if (open.decrementAndGet() == 0 || reply != StoreReply.STORED) {
                complete(reply);
            }
        }
    }

    /** Tells when the zones of one write have answered. */
    private static final class Countdown extends AtomicInteger implements Receiver<StoreReply> {
        private static final long serialVersionUID = 1;

        private final transient Completion done;

        Countdown(int zones, Completion done) {
            super(zones);
            this.done = done;
        }

        @Override
        public void settled(Pending<? extends StoreReply> settled) {
            if (settled.value() != StoreReply.STORED) {
                done.failed(
                        settled.failure() == null
                                ? new IllegalStateException("the server answered " + settled.value())
                                : failure(settled));
            } else if (decrementAndGet() == 0) {
                done.succeeded(null);
            }
        }
    }
}
