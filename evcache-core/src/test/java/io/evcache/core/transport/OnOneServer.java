package io.evcache.core.transport;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.evcache.core.command.Command;
import io.evcache.core.command.Pending;
import io.evcache.core.command.Reply;
import io.evcache.core.command.Waiting;
import io.evcache.core.key.Key;
import io.evcache.core.time.Deadline;
import io.evcache.core.time.Ticker;
import io.evcache.core.topology.NodeAddress;
import io.evcache.core.value.EncodedValue;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A transport with a connection to one server for each test. */
abstract class OnOneServer {
    static final int MEGABYTE = 1 << 20;

    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private @Nullable Transport transport;
    private @Nullable Connection connection;

    /** The transport under test, with values of up to 2 MiB allowed so that it is the server that refuses. */
    protected abstract Transport start(TransportConfig config);

    /** Where a server listens that nobody else uses. */
    protected abstract int port();

    /** The machine that the server is on. */
    protected String host() {
        return "127.0.0.1";
    }

    @BeforeEach
    void connect() throws Exception {
        transport = start(TransportConfig.defaults()
                .withLanes(1)
                .withConnectTimeout(Duration.ofSeconds(5))
                .withMaxValueBytes(2 * MEGABYTE));
        connection = transport.connect(node(), 0).toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    @AfterEach
    void disconnect() {
        if (connection != null) {
            connection.close();
        }
        if (transport != null) {
            transport.close();
        }
    }

    protected final NodeAddress node() {
        return new NodeAddress(host(), port());
    }

    protected final Transport transport() {
        return requireNonNull(transport);
    }

    protected final Connection connection() {
        return requireNonNull(connection);
    }

    protected final Capabilities capabilities() {
        return connection().capabilities();
    }

    protected final <R extends Reply> Pending<R> send(Command<R> command) {
        return connection().send(command, deadline());
    }

    protected final <R extends Reply> R ask(Command<R> command) {
        return Waiting.during(() -> send(command).await(deadline()));
    }

    /** Unlike that of any other test of the class. */
    protected final Key key(String name) {
        return Key.of(getClass().getSimpleName() + ":" + name);
    }

    protected static EncodedValue value(String text) {
        return new EncodedValue(text.getBytes(UTF_8), 0);
    }

    static Deadline deadline() {
        return Deadline.after(TIMEOUT, Ticker.system());
    }
}
