package io.evcache.core.topology.control;

import static java.util.Objects.requireNonNull;

import io.evcache.core.topology.Topology;
import io.evcache.core.topology.TopologyListener;
import io.evcache.core.topology.TopologyProvider;
import io.evcache.core.topology.Zone;
import io.evcache.core.topology.ZoneMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a source says, minus what would lose too much, with what the operator says on top.
 *
 * <p>A topology that lacks more than the {@link LossLimit} allows is refused, logged and counted; the last one holds on until the source says something better or the operator accepts the loss. The first topology is
 * taken as it is. Thread-safe. To be watched once.
 */
public final class TopologyControl implements TopologyProvider {
    private static final Logger LOG = LoggerFactory.getLogger(TopologyControl.class);

    private final String client;
    private final TopologyProvider provider;
    private final LossLimit limit;
    private final TopologyObserver observer;
    private final AtomicBoolean watched = new AtomicBoolean();

    /** What is to be told, in its order; told outside the lock, by one thread at a time. */
    private final Queue<Runnable> news = new ConcurrentLinkedQueue<>();

    private final AtomicBoolean telling = new AtomicBoolean();

    /** What the source said last that was not refused. Guarded by this. */
    private @Nullable Topology base;

    /** Replaced under the guard of this. */
    private volatile TopologyState state = TopologyState.NOTHING;

    private volatile TopologyListener listener = topology -> {};
    private volatile boolean closed;

    private TopologyControl(String client, TopologyProvider provider, LossLimit limit, TopologyObserver observer) {
        this.client = requireNonNull(client, "client");
        this.provider = requireNonNull(provider, "provider");
        this.limit = requireNonNull(limit, "limit");
        this.observer = requireNonNull(observer, "observer");
    }

    /** Returns the control over what a provider says, for a client of that name. */
    public static TopologyControl of(
            String client, TopologyProvider provider, LossLimit limit, TopologyObserver observer) {
        return new TopologyControl(client, provider, limit, observer);
    }

    /** Returns what is known now. */
    public TopologyState state() {
        return state;
    }

    /**
     * Takes the topology that was refused, whatever it loses.
     *
     * @return whether there was one
     */
    public boolean acceptRefused() {
        boolean accepted;
        synchronized (this) {
            Topology refused = state.refused().orElse(null);
            accepted = refused != null;
            if (refused != null) {
                LOG.warn("[{}] accepting the topology that was refused: {}", client, refused);
                take(refused);
            }
        }
        tell();
        return accepted;
    }

    /**
     * Returns what is wrong with changing the modes as things stand: zones that do not exist, or none left to be READ_WRITE; empty if nothing is, or nothing is known yet. What was said before is no problem of this change,
     * also about a zone that has gone since.
     *
     * @param before the modes that {@code modes} take the place of
     */
    public List<String> problems(Map<String, ZoneMode> modes, Map<String, ZoneMode> before) {
        List<String> problems = new ArrayList<>();
        Topology topology = state.current().orElse(null);
        if (topology == null || modes.isEmpty() || modes.equals(before)) {
            return problems;
        }
        for (String zone : new TreeSet<>(modes.keySet())) {
            if (topology.zone(zone).isEmpty() && modes.get(zone) != before.get(zone)) {
                problems.add("zone '" + zone + "' is not one of " + topology);
            }
        }
        if (!isReadable(with(topology, modes))) {
            problems.add("with " + new TreeMap<>(modes) + " no zone would be READ_WRITE");
        }
        return problems;
    }

    /**
     * Says what the modes of these zones are, whatever the source says, now and later; all others are as it says, also those named before. Told to the listener when this returns, or moments later if another change is just
     * being told. Modes that would leave no zone READ_WRITE do not apply while that is so.
     *
     * @param modes asked once, under a lock: of several changes at once, the one that applies last asks last
     */
    public void modes(Supplier<Map<String, ZoneMode>> modes) {
        synchronized (this) {
            state = state.withModes(modes.get());
            if (base != null) {
                enforce(base);
            }
        }
        tell();
    }

    @Override
    public AutoCloseable watch(TopologyListener to) {
        if (!watched.compareAndSet(false, true)) {
            throw new IllegalStateException("already watched");
        }
        listener = requireNonNull(to, "listener");
        AutoCloseable watch = provider.watch(new TopologyListener() {
            @Override
            public void changed(Topology topology) {
                said(topology);
            }

            @Override
            public void failed(Exception failure) {
                unreadable(failure);
            }
        });
        return () -> {
            closed = true;
            watch.close();
        };
    }

    private void said(Topology topology) {
        synchronized (this) {
            Topology last = state.current().orElse(null);
            List<String> objections = last == null ? List.of() : limit.objections(last, topology);
            if (objections.isEmpty()) {
                take(topology);
            } else if (!state.refused().equals(Optional.of(topology))) {
                refuse(topology, objections);
            }
        }
        tell();
    }

    private void refuse(Topology topology, List<String> objections) {
        LOG.warn("[{}] topology refused, keeping the last one: {} ({})", client, objections, topology);
        state = state.refused(topology, objections);
        news.add(() -> observer.refused(topology, objections));
    }

    private void take(Topology topology) {
        base = topology;
        state = state.agreed();
        enforce(topology);
    }

    private void enforce(Topology topology) {
        Topology effective = effective(topology);
        if (!state.current().equals(Optional.of(effective))) {
            change(effective);
        }
    }

    private Topology effective(Topology topology) {
        Topology effective = with(topology, state.modes());
        if (isReadable(effective)) {
            return effective;
        }
        LOG.warn("[{}] the modes {} leave nothing to read and do not apply", client, state.modes());
        return topology;
    }

    private void change(Topology effective) {
        state = state.inForce(effective);
        news.add(() -> listener.changed(effective));
        news.add(() -> observer.changed(effective));
    }

    private void unreadable(Exception failure) {
        synchronized (this) {
            state = state.failed();
            news.add(() -> listener.failed(failure));
            news.add(() -> observer.failed(failure));
        }
        tell();
    }

    /** Whoever comes while somebody tells leaves it to them. */
    private void tell() {
        while (!news.isEmpty() && telling.compareAndSet(false, true)) {
            try {
                for (Runnable next = news.poll(); next != null; next = news.poll()) {
                    tell(next);
                }
            } finally {
                telling.set(false);
            }
        }
    }

    private void tell(Runnable next) {
        if (closed) {
            return;
        }
        try {
            next.run();
        } catch (Throwable e) { // a stranger's code, which may throw what it does not declare
            LOG.warn("[{}] who was told of the topology failed", client, e);
        }
    }

    private static Topology with(Topology topology, Map<String, ZoneMode> modes) {
        return new Topology(topology.zones().stream()
                .map(zone -> zone.withMode(modes.getOrDefault(zone.name(), zone.mode())))
                .toList());
    }

    private static boolean isReadable(Topology topology) {
        return topology.zones().stream().map(Zone::mode).anyMatch(mode -> mode == ZoneMode.READ_WRITE);
    }

    @Override
    public String toString() {
        return "TopologyControl(" + provider + ")";
    }
}
