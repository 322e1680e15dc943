package io.evcache.client.warmup;

import io.evcache.client.warmup.Walk.Listed;
import io.evcache.client.warmup.WarmUpResult.End;
import io.evcache.core.error.EvCacheException;
import io.evcache.core.node.NodeRoute;
import io.evcache.core.time.Ticker;
import io.evcache.core.topology.NodeAddress;
import io.evcache.core.topology.ZoneMode;
import io.evcache.core.transport.ItemScope;
import io.evcache.core.transport.NodeAdmin;
import io.evcache.core.zone.ClusterView;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;

/** The one thread of a warm-up: takes what the nodes of the source name, and copies it step by step. */
final class Copying {
    /** How soon a cancellation is seen while the source names nothing. */
    private static final long POLL_MILLIS = 20;

    /** For a server to say how many items it has. */
    private static final long STATISTICS_SECONDS = 5;

    private final Supplier<ClusterView> view;
    private final Function<NodeAddress, NodeAdmin> admin;
    private final Terms terms;
    private final Pause pause;

    private final Counts counts = new Counts();
    private final BlockingQueue<Listed> listed = new LinkedBlockingQueue<>(); // bounded by the walks
    private final List<Walk> walks = new ArrayList<>();
    private final Checks checks;
    private final HitRate hitRate;
    private final Copies copies;
    private final Pace pace;

    private volatile boolean cancelled;
    private volatile WarmUpProgress progress = counts.snapshot();

    Copying(
            Supplier<ClusterView> view,
            Function<NodeAddress, NodeAdmin> admin,
            Terms terms,
            Ticker ticker,
            Pause pause) {
        this.view = view;
        this.admin = admin;
        this.terms = terms;
        this.pause = pause;
        this.checks = new Checks(counts, terms.settleTime().toNanos(), ticker);
        this.hitRate = new HitRate(counts, new SplittableRandom());
        this.copies = new Copies(counts, checks, hitRate, ticker);
        this.pace = new Pace(terms.itemsPerSecond(), terms.bytesPerSecond(), ticker);
    }

    /** For any thread. */
    void cancel() {
        cancelled = true;
    }

    /** For any thread. */
    WarmUpProgress progress() {
        return progress;
    }

    WarmUpResult run() throws InterruptedException {
        try {
            zones().ifPresent(this::startWalks);
            End end = copyAll();
            walks.forEach(Walk::cancel);
            checkAll();
            return new WarmUpResult(measured(end), counts.snapshot());
        } finally {
            walks.forEach(Walk::cancel);
            progress = counts.snapshot();
        }
    }

    private Optional<Pair> zones() {
        return Pair.of(view.get(), terms);
    }

    private void startWalks(Pair zones) {
        for (NodeRoute node : zones.source().nodes()) {
            NodeAdmin asked = admin.apply(node.address());
            counts.total += itemsOf(node, asked);
            Walk walk = new Walk(node, listed);
            walks.add(walk);
            asked.items(ItemScope.hashTable()).subscribe(walk);
        }
    }

    private long itemsOf(NodeRoute node, NodeAdmin asked) {
        try {
            Map<String, String> statistics =
                    asked.statistics().toCompletableFuture().get(STATISTICS_SECONDS, TimeUnit.SECONDS);
            return Long.parseLong(statistics.getOrDefault("curr_items", "0"));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof EvCacheException failure) {
                counts.failure(terms.source(), node, failure);
            }
            return 0;
        } catch (TimeoutException | NumberFormatException e) {
            return 0; // only the estimate is the worse for it
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 0;
        }
    }

    private End copyAll() throws InterruptedException {
        while (!cancelled) {
            Optional<Pair> zones = zones();
            if (zones.isEmpty() || zones.get().target().mode() == ZoneMode.DRAINING) {
                return End.INCOMPLETE;
            }
            checks.check(zones.get(), terms.concurrency());
            if (pace.nanosToWait() > 0) {
                pause.pass(Math.min(pace.nanosToWait(), Pause.PIECE_NANOS));
            } else if (!step(zones.get())) {
                return failedWalks() ? End.INCOMPLETE : End.THROUGH;
            } else if (terms.hasGoal() && hitRate.mayHaveReached(terms.goal())) {
                hitRate.measure(zones.get());
                if (counts.hitRate >= terms.goal()) {
                    return End.HIT_RATE_REACHED;
                }
            }
            progress = counts.snapshot();
        }
        return End.CANCELLED;
    }

    /** Copies what has been named; {@code false} if that was all. */
    private boolean step(Pair zones) throws InterruptedException {
        boolean last =
                walks.stream().allMatch(Walk::isEnded); // before looking into the queue, which nobody fills after this
        List<Listed> step = new ArrayList<>();
        long bytes = 0;
        while (step.size() < terms.itemsPerStep() && (step.isEmpty() || bytes < terms.bytesPerStep())) {
            Listed next = step.isEmpty() && !last ? listed.poll(POLL_MILLIS, TimeUnit.MILLISECONDS) : listed.poll();
            if (next == null) {
                break;
            }
            step.add(next);
            bytes += next.item().sizeBytes();
            next.walk().take();
        }
        long copiedBefore = counts.copied;
        counts.listed += step.size();
        copies.copy(step, zones);
        // what was copied of the step, at its mean size, so that looks at what is there already are not slowed down
        long copied = step.isEmpty() ? 0 : bytes * (counts.copied - copiedBefore) / step.size();
        counts.bytes += copied;
        pace.charge(step.size(), copied);
        return !step.isEmpty() || !last;
    }

    private boolean failedWalks() {
        boolean any = walks.isEmpty();
        for (Walk walk : walks) {
            EvCacheException failure = walk.failure();
            if (failure != null) {
                counts.failure(terms.source(), walk.node(), failure);
                any = true;
            }
        }
        return any;
    }

    /** Also after a cancellation: what was copied must not stay unchecked. */
    private void checkAll() throws InterruptedException {
        while (!checks.isEmpty()) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            Optional<Pair> zones = zones();
            if (zones.isEmpty()) {
                checks.giveUp();
            } else if (checks.nanosToWait() > 0) {
                pause.pass(Math.min(checks.nanosToWait(), Pause.PIECE_NANOS));
            } else {
                checks.check(zones.get(), terms.concurrency());
            }
            progress = counts.snapshot();
        }
    }

    /** The last word on the hit rate, after copies were taken back. */
    private End measured(End end) {
        counts.allListed = end == End.THROUGH;
        zones().ifPresent(hitRate::measure);
        boolean reached = terms.hasGoal() && counts.hitRate >= terms.goal();
        return end == End.THROUGH && reached ? End.HIT_RATE_REACHED : end;
    }
}
