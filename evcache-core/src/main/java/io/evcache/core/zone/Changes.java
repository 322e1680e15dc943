package io.evcache.core.zone;

import static java.util.Objects.requireNonNull;

import io.evcache.core.node.Retirement;
import io.evcache.core.time.Backoff;
import io.evcache.core.topology.NodeAddress;
import io.evcache.core.topology.Topology;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes over what the provider of a {@link Cluster} says, one change after the other. What is not private is for any thread, the rest is confined to the admin thread. */
final class Changes {
    private static final Logger LOG = LoggerFactory.getLogger(Changes.class);

    /** Between attempts to apply a topology. Where a name is missing, the JVM believes that for 10 s. */
    private static final Backoff AGAIN = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(10));

    private final ClusterConfig config;
    private final ScheduledExecutorService admin;
    private final ZoneFactory factory;
    private final CompletableFuture<ClusterView> first = new CompletableFuture<>();

    private volatile ClusterView view = ClusterView.EMPTY;

    /** What the provider said last. */
    private @Nullable Topology latest;

    /** What the provider said that is in force now. */
    private @Nullable Topology applied;

    /** Whether a change waits for its names or its new nodes. */
    private boolean changing;

    /** How often the latest topology could not be built. */
    private int refusals;

    /** When it is tried again. */
    private @Nullable Future<?> again;

    Changes(ClusterConfig config, ScheduledExecutorService admin, ZoneFactory factory) {
        this.config = config;
        this.admin = admin;
        this.factory = factory;
    }

    /** Returns what exists now. */
    ClusterView view() {
        return view;
    }

    /** Returns the future that completes with the first view, or fails with why there is none yet. */
    CompletableFuture<ClusterView> first() {
        return first;
    }

    /** The provider has said this. */
    void said(Topology topology) {
        onAdmin(() -> arrived(topology));
    }

    private void onAdmin(Runnable task) {
        try {
            admin.execute(task);
        } catch (RejectedExecutionException e) {
            LOG.debug("[{}] closed, topology ignored", config.name());
        }
    }

    private void arrived(Topology topology) {
        latest = topology;
        refusals = 0;
        if (again != null) {
            again.cancel(false);
        }
        view = view.withModes(topology);
        applyLatest();
    }

    private void applyLatest() {
        Topology topology = latest;
        if (changing || topology == null || topology.equals(applied)) {
            return;
        }
        changing = true;
        factory.addresses(topology.zones())
                .whenComplete((ips, failure) -> onAdmin(() -> {
                    if (failure == null) {
                        build(topology, ips);
                    } else {
                        refused(topology, failure.getCause() == null ? failure : failure.getCause());
                    }
                }));
    }

    private void build(Topology topology, Map<NodeAddress, String> ips) {
        try {
            ZoneFactory.Built built = factory.build(topology.zones(), ips);
            CompletableFuture<Void> attempts = built.view().firstAttempts();
            if (view.zones().isEmpty() || attempts.isDone()) { // at the start there is nothing else to use meanwhile
                finish(topology, built);
            } else {
                attempts.whenComplete((ended, never) -> onAdmin(() -> finish(topology, built)));
            }
        } catch (Throwable e) { // also an error, which nobody would hear of on this thread
            refused(topology, e);
        }
    }

    private void finish(Topology topology, ZoneFactory.Built built) {
        publish(built);
        applied = topology;
        changing = false;
        applyLatest();
    }

    /** A provider says a topology once: forgotten, it would be lost. */
    private void refused(Topology topology, Throwable why) {
        first.completeExceptionally(why);
        changing = false;
        if (!topology.equals(latest)) {
            applyLatest();
            return;
        }
        if (refusals == 0) {
            LOG.error(
                    "[{}] topology refused, keeping the last one until it can be built: {}",
                    config.name(),
                    why.getMessage(),
                    why);
        } else {
            LOG.debug("[{}] topology refused again: {}", config.name(), why.getMessage());
        }
        Duration delay = AGAIN.delay(refusals, ThreadLocalRandom.current());
        refusals++;
        again = admin.schedule(this::applyLatest, delay.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void publish(ZoneFactory.Built built) {
        view = built.view().withModes(requireNonNull(latest, "latest"));
        if (!built.removed().isEmpty()) {
            LOG.info("[{}] removed {}", config.name(), built.removed());
            built.removed().forEach(node -> Retirement.begin(admin, config.drain(), node::inFlight, node::close));
        }
        first.complete(view);
    }
}
