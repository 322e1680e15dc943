package io.evcache.core.transport;

import io.evcache.core.command.Command;
import io.evcache.core.command.Pending;
import io.evcache.core.command.Reply;
import io.evcache.core.error.EvCacheException;
import io.evcache.core.error.NodeUnavailable;
import io.evcache.core.error.NodeUnavailable.Reason;
import io.evcache.core.time.Deadline;
import io.evcache.core.topology.NodeAddress;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Records what it is asked for; the test decides how each attempt and each connection ends. */
public final class FakeTransport implements Transport {
    /** One call of {@link #connect}. */
    public record Attempt(NodeAddress node, int lane, CompletableFuture<Connection> outcome) {
        public FakeConnection succeed() {
            return succeed(new FakeConnection(node));
        }

        /** As if that server had answered. */
        public FakeConnection succeedAt(InetAddress address) {
            FakeConnection connection = new FakeConnection(node);
            connection.address = address;
            return succeed(connection);
        }

        private FakeConnection succeed(FakeConnection connection) {
            outcome.complete(connection);
            return connection;
        }

        public void fail() {
            outcome.completeExceptionally(new NodeUnavailable(Reason.NOT_CONNECTED, "refused by the test", null));
        }
    }

    private final int lanes;
    private final boolean succeedAtOnce;
    private final List<Attempt> attempts = new CopyOnWriteArrayList<>();
    private final List<FakeConnection> opened = new CopyOnWriteArrayList<>();
    private volatile boolean closed;
    private volatile @Nullable Error error;

    private FakeTransport(int lanes, boolean succeedAtOnce) {
        this.lanes = lanes;
        this.succeedAtOnce = succeedAtOnce;
    }

    /** The test settles each attempt. */
    public static FakeTransport waiting(int lanes) {
        return new FakeTransport(lanes, false);
    }

    /** Every attempt succeeds at once. */
    public static FakeTransport connecting(int lanes) {
        return new FakeTransport(lanes, true);
    }

    public List<Attempt> attempts() {
        return attempts;
    }

    public Attempt lastAttempt() {
        return attempts.get(attempts.size() - 1);
    }

    /** The connections that were opened without the test's help. */
    public List<FakeConnection> opened() {
        return opened;
    }

    public boolean isClosed() {
        return closed;
    }

    /** As if the next attempt, and only that, found no memory, or no thread, to begin with. */
    public void breakNextAttempt(Error with) {
        error = with;
    }

    @Override
    public int lanes() {
        return lanes;
    }

    @Override
    public CompletionStage<Connection> connect(NodeAddress node, int lane) {
        Attempt attempt = new Attempt(node, lane, new CompletableFuture<>());
        attempts.add(attempt);
        Error broken = error;
        if (broken != null) {
            error = null;
            throw broken;
        }
        if (succeedAtOnce) {
            opened.add(attempt.succeed());
        }
        return attempt.outcome();
    }

    @Override
    public void close() {
        closed = true;
    }

    /** A connection on which nothing is answered until the test does. */
    public static final class FakeConnection implements Connection {
        public final NodeAddress node;
        private final CompletableFuture<EvCacheException> closed = new CompletableFuture<>();
        private final List<Pending<?>> sent = new ArrayList<>();
        private volatile Capabilities capabilities = Capabilities.all("fake");
        private volatile @Nullable InetAddress address;

        FakeConnection(NodeAddress node) {
            this.node = node;
        }

        public synchronized List<Pending<?>> sent() {
            return List.copyOf(sent);
        }

        public boolean isClosed() {
            return closed.isDone();
        }

        /** As if the server were another. */
        public void can(Capabilities less) {
            capabilities = less;
        }

        /** As if the server had hung up. */
        public void lose() {
            closed.complete(new NodeUnavailable(Reason.CONNECTION_LOST, "lost by the test", null));
        }

        @Override
        public synchronized <R extends Reply> Pending<R> send(Command<R> command, Deadline deadline) {
            Pending<R> pending = Pending.open();
            sent.add(pending);
            return pending;
        }

        @Override
        public Capabilities capabilities() {
            return capabilities;
        }

        @Override
        public Optional<InetAddress> address() {
            return Optional.ofNullable(address);
        }

        @Override
        public CompletionStage<EvCacheException> closed() {
            return closed;
        }

        @Override
        public synchronized int inFlight() {
            return (int) sent.stream().filter(call -> !call.isSettled()).count();
        }

        @Override
        public void close() {
            lose();
        }
    }
}
