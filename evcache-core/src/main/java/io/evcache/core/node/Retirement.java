package io.evcache.core.node;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/**
 * Closes what is used no more, such as a node that has left the topology, once nothing is in flight on it. That comes: every call has a deadline, and a connection whose server does not answer those that expired is given up.
 */
public final class Retirement {
    /** How long after one look comes the next. */
    private static final Duration STILL_BUSY = Duration.ofMillis(200);

    private final ScheduledExecutorService admin;
    private final IntSupplier inFlight;
    private final Runnable close;

    private Retirement(ScheduledExecutorService admin, IntSupplier inFlight, Runnable close) {
        this.admin = admin;
        this.inFlight = inFlight;
        this.close = close;
    }

    /**
     * Has it closed, unless the thread ends before.
     *
     * @param admin the thread that looks and closes
     * @param drain how long nobody looks, for whoever has just taken it to send
     * @param inFlight how many calls it still has
     */
    public static void begin(ScheduledExecutorService admin, Duration drain, IntSupplier inFlight, Runnable close) {
        new Retirement(admin, inFlight, close).lookAfter(drain);
    }

    private void lookAfter(Duration time) {
        try {
            admin.schedule(this::look, time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            // the client is closing, and all its connections with it
        }
    }

    private void look() {
        if (inFlight.getAsInt() > 0) {
            lookAfter(STILL_BUSY);
        } else {
            close.run();
        }
    }
}
