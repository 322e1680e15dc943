package io.evcache.spymemcached;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evcache.core.command.Arithmetic;
import io.evcache.core.command.CountReply;
import io.evcache.core.command.Pending;
import io.evcache.core.error.NodeUnavailable;
import io.evcache.core.error.NodeUnavailable.Reason;
import io.evcache.core.key.Key;
import io.evcache.core.time.Deadline;
import io.evcache.core.time.Ticker;
import io.evcache.core.transport.TransportConfig;
import io.evcache.core.value.Ttl;
import io.evcache.testkit.EmbeddedMemcached;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import net.spy.memcached.ConnectionFactoryBuilder;
import net.spy.memcached.internal.OperationFuture;
import net.spy.memcached.transcoders.Transcoder;
import org.junit.jupiter.api.Test;

class SpymemcachedConnectionTest {

    /** What spymemcached throws in a listener reached nobody: the call kept its room until the connection was closed. */
    @Test
    void stepThatIsNotTakenEndsItsCall() throws Exception {
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
        try (EmbeddedMemcached server = EmbeddedMemcached.start();
                SpymemcachedConnection connection = new SpymemcachedConnection(
                        "node n",
                        new Full(server.port()),
                        InetAddress.getLoopbackAddress(),
                        TransportConfig.defaults(),
                        timer,
                        Runnable::run)) {
            Deadline deadline = Deadline.after(Duration.ofSeconds(20), Ticker.system());
            Arithmetic creating =
                    new Arithmetic(Key.of("k"), Arithmetic.Direction.INCREMENT, 1, OptionalLong.of(5), Ttl.none());

            Pending<CountReply> counted = connection.send(creating, deadline);

            assertThatThrownBy(() -> counted.await(deadline))
                    .isInstanceOfSatisfying(
                            NodeUnavailable.class,
                            failure -> assertThat(failure.reason()).isEqualTo(Reason.OVERLOADED));
            assertThat(connection.inFlight()).isZero();
        } finally {
            timer.shutdownNow();
        }
    }

    /** A client whose queue is full when it comes to the add. */
    private static final class Full extends SpyClient {
        Full(int port) throws IOException {
            super(
                    new ConnectionFactoryBuilder().setDaemon(true).build(),
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                    "spy-io-full");
        }

        @Override
        public <T> OperationFuture<Boolean> add(String key, int exp, T value, Transcoder<T> transcoder) {
            throw new IllegalStateException("full");
        }
    }
}
