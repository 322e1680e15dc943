package io.evcache.core.node;

import io.evcache.core.key.Key;
import io.evcache.core.transport.Capabilities;
import io.evcache.core.transport.Connection;
import io.evcache.core.transport.Transport;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The connections to one node, one per lane of the transport. A key always uses the same one, so commands on it keep their order. */
public final class ConnectionPool implements AutoCloseable {
    private final List<Reconnector> lanes;
    private volatile boolean closed;

    private ConnectionPool(List<Reconnector> lanes) {
        this.lanes = lanes;
    }

    /**
     * Opens a connection per lane, in the background, and keeps each alive until {@link #close()}.
     *
     * @param reconnection how, and on which thread
     */
    public static ConnectionPool start(Transport transport, Reconnection reconnection) {
        List<Reconnector> lanes = IntStream.range(0, transport.lanes())
                .mapToObj(lane -> new Reconnector(transport, lane, reconnection))
                .toList();
        lanes.forEach(Reconnector::start);
        return new ConnectionPool(lanes);
    }

    @Nullable
    Connection connectionFor(Key key) {
        return connection(lane(key));
    }

    /** Returns how many lanes there are. */
    int lanes() {
        return lanes.size();
    }

    /** Returns the number of the key's lane, from 0. */
    int lane(Key key) {
        return lanes.size() == 1 ? 0 : Math.floorMod(key.hashCode(), lanes.size());
    }

    @Nullable
    Connection connection(int lane) {
        return lanes.get(lane).connection();
    }

    boolean isConnected() {
        return lanes.stream().allMatch(lane -> lane.connection() != null);
    }

    boolean isClosed() {
        return closed;
    }

    Optional<Capabilities> capabilities() {
        return lanes.stream()
                .map(Reconnector::connection)
                .filter(connection -> connection != null)
                .map(Connection::capabilities)
                .findFirst();
    }

    int inFlight() {
        int sum = 0;
        for (Reconnector lane : lanes) {
            Connection connection = lane.connection();
            sum += connection == null ? 0 : connection.inFlight();
        }
        return sum;
    }

    @Nullable
    Throwable lastFailure() {
        return lanes.stream()
                .map(Reconnector::lastFailure)
                .filter(failure -> failure != null)
                .findFirst()
                .orElse(null);
    }

    /** Returns the future that completes once the first attempt of every lane has ended, well or badly. */
    CompletableFuture<Void> firstAttempts() {
        return CompletableFuture.allOf(
                lanes.stream().map(Reconnector::firstAttempt).toArray(CompletableFuture<?>[]::new));
    }

    @Override
    public void close() {
        closed = true;
        lanes.forEach(Reconnector::close);
    }
}
