package io.evcache.core.transport.netty;

import io.evcache.core.time.Ticker;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Expires the callers of all connections of one lane that have something unanswered. One timer for all of them: a timer per connection woke the loop once more for almost every get of a caller that waits, as soon
 * as there were so many nodes that each was asked less than once per interval. No timer runs while nothing is unanswered. Confined to the event loop, but for {@link #ask}.
 */
final class Sweeper implements Runnable {
    /** Bounds how late a timeout can be noticed. */
    private static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    /** A sweep that runs so much later than planned means that this process or its loop stood still, and replies may be waiting to be read. */
    private static final long LATE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final EventLoop loop;
    private final Ticker ticker;
    private final List<NettyConnection> watched = new ArrayList<>();

    /** Connections whose callers have asked, the latest first; each of them once. */
    private final AtomicReference<@Nullable NettyConnection> asking = new AtomicReference<>();

    /** Read by callers that ask, written by the loop. */
    private volatile boolean scheduled;

    private boolean putOff;
    private long dueAt;

    Sweeper(EventLoop loop, Ticker ticker) {
        this.loop = loop;
        this.ticker = ticker;
        if (loop instanceof LaneLoop lane) {
            lane.whenLooking(this::admit);
        }
    }

    Ticker ticker() {
        return ticker;
    }

    /**
     * Has the next sweep look at the connection. From any thread, for callers that write: waking the loop up for that cost them a fifth of a get's processor time, as soon as there were so many nodes that each was asked less
     * than once per interval. A connection that has asked may ask again once it was {@linkplain NettyConnection#admitted admitted}.
     *
     * @return whether no sweep is planned, and {@link #admit} must be run
     */
    boolean ask(NettyConnection connection) {
        NettyConnection before;
        do {
            before = asking.get();
            connection.askedBefore = before;
        } while (!asking.compareAndSet(before, connection));
        return !scheduled;
    }

    /** Begins to sweep the connections that have asked. */
    void admit() {
        NettyConnection connection = asking.getAndSet(null);
        while (connection != null) {
            NettyConnection earlier = connection.askedBefore;
            connection.askedBefore = null;
            connection.admitted();
            connection = earlier;
        }
    }

    /** Sweeps the connection from now on until it says that it has nothing unanswered. */
    void watch(NettyConnection connection) {
        watched.add(connection);
        schedule();
    }

    @Override
    public void run() {
        long now = ticker.nanos();
        long late = now - dueAt;
        scheduled = false; // before looking who has asked, as callers look at this after they have
        admit();
        // Lets the loop read its sockets once before anybody is expired.
        putOff = !putOff && late > LATE_NANOS;
        int size = watched.size(); // callers that are told may bring further connections
        int kept = 0;
        for (int i = 0; i < size; i++) {
            NettyConnection connection = watched.get(i);
            if (putOff ? connection.excuse(late, now) : connection.sweep(now)) {
                watched.set(kept++, connection);
            }
        }
        watched.subList(kept, size).clear();
        if (!watched.isEmpty()) {
            schedule();
        }
    }

    private void schedule() {
        if (!scheduled) {
            scheduled = true;
            dueAt = ticker.nanos() + INTERVAL_NANOS;
            loop.schedule(this, INTERVAL_NANOS, TimeUnit.NANOSECONDS);
        }
    }
}
