package io.evcache.core.node;

import io.evcache.core.transport.Connection;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks up the name of a node for as long as a connection lives, and says when the name leads elsewhere: a server that is replaced may answer for weeks, and whoever stays with it and whoever comes later would keep two homes
 * for one key. One step at a time, each on the thread that the one before has led to.
 */
final class NameWatch {
    private static final Logger LOG = LoggerFactory.getLogger(NameWatch.class);

    /** The JVM asks its name servers every 30 s at most; with these, a move is noticed within a minute. */
    static final Duration INTERVAL = Duration.ofSeconds(15);

    /** So many answers in a row must leave the address out: a single one may come from a name server that is behind, or be one part of many addresses. */
    private static final int ANSWERS = 2;

    private final Reconnection reconnection;
    private final Connection connection;
    private final InetAddress address;
    private final Runnable moved;

    /** How many answers in a row have left the address out. */
    private int missing;

    private NameWatch(Reconnection reconnection, Connection connection, InetAddress address, Runnable moved) {
        this.reconnection = reconnection;
        this.connection = connection;
        this.address = address;
        this.moved = moved;
    }

    /**
     * Begins with a connection that is there; ends with it. Nothing to do for a literal address, or a connection that cannot tell its own.
     *
     * @param moved called on any thread, each time that enough answers were different
     */
    static void begin(Reconnection reconnection, Connection connection, Runnable moved) {
        if (reconnection.node().isNamed()) {
            connection.address().ifPresent(address -> new NameWatch(reconnection, connection, address, moved).later());
        }
    }

    private void later() {
        try {
            reconnection.admin().schedule(this::look, INTERVAL.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("[{}] the client is closing", reconnection.logName());
        }
    }

    private void look() {
        if (!connection.closed().toCompletableFuture().isDone()) {
            reconnection
                    .names()
                    .addresses(reconnection.node().host())
                    .whenComplete((addresses, failure) -> answered(addresses));
        }
    }

    /** A look-up that failed says nothing: while the name servers are away, everything stays as it is. */
    private void answered(@Nullable List<InetAddress> addresses) {
        missing = addresses == null || addresses.contains(address) ? 0 : missing + 1;
        if (missing == ANSWERS) {
            missing = 0;
            LOG.info("[{}] the name leads to {} and no longer to {}", reconnection.logName(), addresses, address);
            moved.run();
        }
        later();
    }
}
