package io.evcache.core.node;

import io.evcache.core.transport.Connection;
import io.evcache.core.transport.Transport;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one connection of one node alive: connect, wait until it closes, wait a little, connect again. At most one attempt at a time, and one more where the node's name has moved: the new connection takes the place of the old one, which is
 * closed once nothing is in flight on it. Everything but the two volatile reads is confined to the admin thread.
 */
final class Reconnector {
    private static final Logger LOG = LoggerFactory.getLogger(Reconnector.class);

    /** How long a connection that was replaced is left alone, for whoever has just taken it to send. */
    private static final Duration DRAIN = Duration.ofMillis(200);

    private final Transport transport;
    private final int lane;
    private final Reconnection reconnection;
    private final CompletableFuture<Void> firstAttempt = new CompletableFuture<>();

    /** Written under the guard of this: it may be lost and replaced at the same time. */
    private volatile @Nullable Connection connection;

    private volatile @Nullable Throwable lastFailure;
    private volatile boolean closed;

    private int failures;

    Reconnector(Transport transport, int lane, Reconnection reconnection) {
        this.transport = transport;
        this.lane = lane;
        this.reconnection = reconnection;
    }

    void start() {
        onAdmin(this::connect);
    }

    @Nullable
    Connection connection() {
        return connection;
    }

    @Nullable
    Throwable lastFailure() {
        return lastFailure;
    }

    CompletableFuture<Void> firstAttempt() {
        return firstAttempt;
    }

    void close() {
        closed = true;
        firstAttempt.complete(null);
        Connection current = connection;
        if (current != null && forget(current)) {
            current.close();
        }
    }

    private synchronized void use(Connection opened) {
        connection = opened;
    }

    /** Returns whether it was in use. */
    private synchronized boolean forget(Connection gone) {
        boolean used = connection == gone;
        if (used) {
            connection = null;
        }
        return used;
    }

    private void connect() {
        attempt(this::attempted);
    }

    private void attempt(BiConsumer<@Nullable Connection, @Nullable Throwable> then) {
        if (closed) {
            return;
        }
        try {
            transport
                    .connect(reconnection.node(), lane)
                    .whenComplete((opened, failure) -> ended(opened, failure, then));
        } catch (Throwable e) { // also no memory or no thread to be had: the next attempt comes all the same
            then.accept(null, e);
        }
    }

    /** On any thread. A connection that comes too late for the admin thread would otherwise stay open for ever. */
    private void ended(
            @Nullable Connection opened,
            @Nullable Throwable failure,
            BiConsumer<@Nullable Connection, @Nullable Throwable> then) {
        boolean taken = onAdmin(() -> then.accept(opened, failure));
        if (opened != null && (closed || !taken)) {
            opened.close();
        }
    }

    private void attempted(@Nullable Connection opened, @Nullable Throwable failure) {
        if (opened != null) {
            established(opened);
        } else {
            lost(failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure);
        }
        firstAttempt.complete(null);
    }

    private void established(Connection opened) {
        lastFailure = null;
        use(opened);
        if (closed) {
            close();
            return;
        }
        LOG.info(
                "[{}] connected, memcached {}",
                reconnection.logName(),
                opened.capabilities().version());
        after(reconnection.backoff().cap(), () -> lasted(opened));
        opened.closed().whenComplete((cause, never) -> {
            if (forget(opened)) {
                onAdmin(() -> lost(cause));
            }
        });
        NameWatch.begin(reconnection, opened, () -> onAdmin(() -> moved(opened)));
    }

    private void moved(Connection from) {
        if (connection == from) {
            attempt((opened, failure) -> replaced(from, opened, failure));
        }
    }

    private void replaced(Connection old, @Nullable Connection opened, @Nullable Throwable failure) {
        if (opened == null) { // the old one is better than none, and its name is looked up again
            LOG.warn("[{}] where the name leads now is not connected: {}", reconnection.logName(), message(failure));
        } else if (connection != old) { // lost or closed meanwhile
            opened.close();
        } else {
            established(opened);
            Retirement.begin(reconnection.admin(), DRAIN, old::inFlight, old::close);
        }
    }

    /** Only now is the node well again: one that greets and then breaks its connections is not to be greeted without a pause. */
    private void lasted(Connection opened) {
        if (connection == opened) {
            failures = 0;
        }
    }

    private void lost(@Nullable Throwable cause) {
        if (closed) {
            return;
        }
        lastFailure = cause;
        Duration delay = reconnection.backoff().delay(failures, ThreadLocalRandom.current());
        if (failures == 0) {
            LOG.warn("[{}] not connected, trying again until it is: {}", reconnection.logName(), message(cause));
        } else {
            LOG.debug("[{}] attempt {} failed: {}", reconnection.logName(), failures, message(cause));
        }
        failures++;
        after(delay, this::connect);
    }

    private void after(Duration delay, Runnable task) {
        try {
            reconnection.admin().schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("[{}] the client is closing", reconnection.logName());
        }
    }

    /** Returns whether the admin thread takes the task; if not, this is the end. */
    private boolean onAdmin(Runnable task) {
        try {
            reconnection.admin().execute(task);
            return true;
        } catch (RejectedExecutionException e) {
            LOG.debug("[{}] the client is closing", reconnection.logName());
            close();
            return false;
        }
    }

    private static String message(@Nullable Throwable cause) {
        return cause == null ? "unknown" : String.valueOf(cause.getMessage());
    }
}
