package io.evcache.client.warmup;

import static java.util.Objects.requireNonNull;

import io.evcache.core.error.InvalidConfiguration;
import io.evcache.core.time.Ticker;
import io.evcache.core.topology.NodeAddress;
import io.evcache.core.topology.ZoneMode;
import io.evcache.core.transport.NodeAdmin;
import io.evcache.core.zone.ClusterView;
import io.evcache.core.zone.ZoneRoute;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a zone that only takes writes is to be filled with, how fast and how far: {@code client.warmUp("c").from("a").start()}. Not for use by several threads; can be started more than once, one after the other.
 *
 * <p>Every node of the source names what it holds, all at the same time. What the target does not have is read, without counting as use, and added to the target's own owner of the key with the life it has left: never in place of what is there, so
 * a client's write always wins. Large values are copied as the parts that they are; parts of replaced ones, too. What another zone's client marked stale stays; reading it takes, as any read does, the refresh that its next reader would have been elected for.
 *
 * <p><b>Deletes.</b> A client's delete can reach the target before the copy gets there, and the source after it was read: the copy is then of what is gone. So every copy is checked against the source a {@linkplain #settleTime(Duration) while} later, and taken back
 * if the source has lost or changed the item, or does not answer; nobody reads the target meanwhile, and {@link WarmUp#completion()} comes after the last check. What remains: a delete that takes longer than that while from one zone
 * to the other, and one that fails in the source, which then serves the old value itself; and copies counted as {@link WarmUpProgress#unchecked()}. A client's store of the very bytes of the copy can be taken for it and removed, which is a miss.
 * A touch that comes between reading and adding is lost if it made the life longer.
 *
 * <p>Nodes that fail are reported, and the others go on. One client does this for all; a second would do the same work again.
 */
public final class ZoneWarmUp {
    private static final int DEFAULT_ITEMS_PER_SECOND = 5_000;
    private static final long DEFAULT_BYTES_PER_SECOND = 16 << 20;
    private static final int DEFAULT_CONCURRENCY = 64;
    private static final int MAX_CONCURRENCY = 1_024;
    /** All copies of this time are remembered until they are checked. */
    private static final Duration LONGEST_SETTLE = Duration.ofMinutes(1);

    private static final int MAX_ITEMS_PER_SECOND = 10_000_000;

    private final Supplier<ClusterView> view;
    private final Function<NodeAddress, NodeAdmin> admin;
    private final Executor callbacks;
    private final String target;

    private Ticker ticker = Ticker.system();
    private Pause pause = Pause.system();
    private @Nullable String source;
    private int itemsPerSecond = DEFAULT_ITEMS_PER_SECOND;
    private long bytesPerSecond = DEFAULT_BYTES_PER_SECOND;
    private int concurrency = DEFAULT_CONCURRENCY;
    private double goal;
    private Duration settleTime;

    private ZoneWarmUp(
            Supplier<ClusterView> view,
            Function<NodeAddress, NodeAdmin> admin,
            Executor callbacks,
            String target,
            Duration settleTime) {
        this.view = requireNonNull(view, "view");
        this.admin = requireNonNull(admin, "admin");
        this.callbacks = requireNonNull(callbacks, "callbacks");
        this.target = requireNonNull(target, "target");
        this.settleTime = requireNonNull(settleTime, "settleTime");
    }

    /**
     * For the client, which has all this.
     *
     * @param view what exists now
     * @param admin asks a server what it holds
     * @param callbacks where results are delivered
     * @param target the zone to fill
     * @param settleTime the default, if it is no longer than may be set
     */
    public static ZoneWarmUp of(
            Supplier<ClusterView> view,
            Function<NodeAddress, NodeAdmin> admin,
            Executor callbacks,
            String target,
            Duration settleTime) {
        return new ZoneWarmUp(
                view, admin, callbacks, target, settleTime.compareTo(LONGEST_SETTLE) < 0 ? settleTime : LONGEST_SETTLE);
    }

    /** Sets the zone to copy from, which must serve reads. No default. */
    public ZoneWarmUp from(String zone) {
        this.source = requireNonNull(zone, "zone");
        return this;
    }

    /** Sets how many items may be dealt with per second, from 1 to 10,000,000, those that the target has already included. Default 5,000. */
    public ZoneWarmUp itemsPerSecond(int items) {
        this.itemsPerSecond = items;
        return this;
    }

    /** Sets how many bytes may be copied per second, at least 1,024, as the servers count the size of items. Default 16 MiB. A single item may exceed it, and the next waits the longer. */
    public ZoneWarmUp bytesPerSecond(long bytes) {
        this.bytesPerSecond = bytes;
        return this;
    }

    /** Sets how many items are on their way at once, from 1 to 1,024. Default 64. They are at most 4 MiB, or one item. */
    public ZoneWarmUp concurrency(int items) {
        this.concurrency = items;
        return this;
    }

    /**
     * Has it end as soon as so much of what the source has is in the target; by a sample of 512 keys, so plus or minus 4 %. Default: when the source has named all it holds.
     *
     * @param rate above 0, to 1
     */
    public ZoneWarmUp untilHitRate(double rate) {
        this.goal = rate == 0 ? Double.NaN : rate; // 0 is for none
        return this;
    }

    /**
     * Sets after how long a copy is checked against the source: the longest that a client's write may take from one zone to the other, from 1 ms to 1 minute. Default: this client's write timeout, at most that minute.
     *
     * @param time the longest write timeout of all clients, if theirs are longer
     */
    public ZoneWarmUp settleTime(Duration time) {
        this.settleTime = requireNonNull(time, "time");
        return this;
    }

    /** For tests, whose clock is moved. */
    ZoneWarmUp clock(Ticker moved, Pause moving) {
        this.ticker = moved;
        this.pause = moving;
        return this;
    }

    /**
     * Starts it, on a daemon thread that ends with it.
     *
     * @throws InvalidConfiguration with every problem of what was set
     * @throws IllegalStateException if one of the zones does not exist now, the target's mode is not {@link ZoneMode#WRITE_ONLY}, or the source serves no reads
     */
    public WarmUp start() {
        Terms terms = checked();
        requireModes(terms);
        Copying copying = new Copying(view, admin, terms, ticker, pause);
        return WarmUp.start(copying, terms.source() + " to " + terms.target(), callbacks);
    }

    private Terms checked() {
        List<String> problems = new ArrayList<>();
        String from = source;
        if (from == null) {
            problems.add("from must name the zone to copy from");
        } else if (from.equals(target)) {
            problems.add("from must be another zone than the one to fill, was " + from);
        }
        require(
                problems,
                itemsPerSecond >= 1 && itemsPerSecond <= MAX_ITEMS_PER_SECOND,
                "itemsPerSecond must be from 1 to 10,000,000",
                itemsPerSecond);
        require(problems, bytesPerSecond >= 1_024, "bytesPerSecond must be at least 1,024", bytesPerSecond);
        require(
                problems,
                concurrency >= 1 && concurrency <= MAX_CONCURRENCY,
                "concurrency must be from 1 to 1,024",
                concurrency);
        require(problems, goal >= 0 && goal <= 1, "untilHitRate must be above 0 and at most 1", goal);
        require(
                problems,
                settleTime.compareTo(Duration.ofMillis(1)) >= 0 && settleTime.compareTo(LONGEST_SETTLE) <= 0,
                "settleTime must be from 1 ms to 1 minute",
                settleTime);
        if (from == null || !problems.isEmpty()) {
            throw new InvalidConfiguration(problems);
        }
        return new Terms(from, target, itemsPerSecond, bytesPerSecond, concurrency, goal, settleTime);
    }

    private static void require(List<String> problems, boolean holds, String rule, Object was) {
        if (!holds) {
            problems.add(rule + ", was " + was);
        }
    }

    private void requireModes(Terms terms) {
        ClusterView now = view.get();
        ZoneRoute to = zone(now, terms.target());
        ZoneRoute from = zone(now, terms.source());
        if (to.mode() != ZoneMode.WRITE_ONLY) {
            throw new IllegalStateException("zone " + to.name()
                    + " must be WRITE_ONLY to be filled, since copies are checked after they are there, was "
                    + to.mode());
        }
        if (!from.isReadable()) {
            throw new IllegalStateException("zone " + from.name() + " serves no reads, so it cannot be copied from");
        }
    }

    private static ZoneRoute zone(ClusterView view, String name) {
        Optional<ZoneRoute> zone = view.zone(name);
        return zone.orElseThrow(() -> new IllegalStateException("there is no zone " + name + " among "
                + view.zones().stream().map(ZoneRoute::name).toList()));
    }
}
