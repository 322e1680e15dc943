package io.evcache.core.transport.netty;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.evcache.core.command.Get;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Pending;
import io.evcache.core.command.Store;
import io.evcache.core.key.Key;
import io.evcache.core.time.Deadline;
import io.evcache.core.time.Ticker;
import io.evcache.core.tls.Tls;
import io.evcache.core.topology.NodeAddress;
import io.evcache.core.transport.Connection;
import io.evcache.core.transport.TransportConfig;
import io.evcache.core.value.EncodedValue;
import io.evcache.core.value.Ttl;
import io.evcache.testkit.EmbeddedMemcached;
import io.evcache.testkit.FaultProxy;
import io.evcache.testkit.TestAuthority;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The connections of one lane, which are all read into the same memory. */
class OneLaneTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final int CONNECTIONS = 8;
    private static final int READS = 40;

    /** Among them what is longer than a TLS record, and than the memory. */
    private static final int[] SIZES = {0, 1_000, 16_400, 65_530, 200_000};

    private static final TestAuthority AUTHORITY = TestAuthority.create();

    private record Asked(Key key, Pending<Lookup> answer) {}

    @AfterAll
    static void removeCertificates() {
        AUTHORITY.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void answersThatComeInPiecesDoNotDisturbThoseOfOtherConnections(boolean encrypted) throws Exception {
        EmbeddedMemcached.Builder builder = EmbeddedMemcached.builder();
        TransportConfig config = TransportConfig.defaults().withLanes(1).withConnectTimeout(LONG);
        if (encrypted) {
            builder = builder.tls(AUTHORITY.issue("127.0.0.1"));
            config = config.withTls(Tls.trusting(AUTHORITY.certificate()));
        }
        try (EmbeddedMemcached server = builder.start();
                FaultProxy proxy = FaultProxy.to(server.address());
                NettyTransport transport = NettyTransport.start(config)) {
            proxy.toClient().slice(777);
            List<Connection> connections = new ArrayList<>();
            for (int i = 0; i < CONNECTIONS; i++) {
                connections.add(connect(transport, i % 2 == 0 ? proxy.port() : server.port()));
            }
            for (int size : SIZES) {
                for (int i = 0; i < CONNECTIONS; i++) {
                    store(connections.get(1), key(i, size), value(i, size));
                }
            }

            List<Asked> all = askEverythingOfAll(connections);

            for (Asked asked : all) {
                assertThat(((Lookup.Hit) asked.answer().await(deadline())).value())
                        .as("%s", asked.key())
                        .isEqualTo(value(asked.key()));
            }
        }
    }

    private static List<Asked> askEverythingOfAll(List<Connection> connections) {
        SplittableRandom random = new SplittableRandom(42);
        List<Asked> all = new ArrayList<>();
        for (int i = 0; i < READS; i++) {
            for (Connection connection : connections) {
                Key key = key(random.nextInt(CONNECTIONS), SIZES[random.nextInt(SIZES.length)]);
                all.add(new Asked(key, connection.send(Get.of(key), deadline())));
            }
        }
        return all;
    }

    private static Connection connect(NettyTransport transport, int port) throws Exception {
        return transport
                .connect(new NodeAddress("127.0.0.1", port), 0)
                .toCompletableFuture()
                .get(LONG.toSeconds(), TimeUnit.SECONDS);
    }

    private static void store(Connection connection, Key key, EncodedValue value) {
        connection.send(Store.set(key, value, Ttl.none()), deadline()).await(deadline());
    }

    private static Key key(int number, int size) {
        return Key.of(number + "-" + size);
    }

    private static EncodedValue value(Key key) {
        String[] words = key.toString().split("-", 2);
        return value(Integer.parseInt(words[0]), Integer.parseInt(words[1]));
    }

    /** Tells where each of its parts belongs. */
    private static EncodedValue value(int number, int size) {
        StringBuilder text = new StringBuilder(size + 20);
        while (text.length() < size) {
            text.append(number).append(':').append(text.length()).append("\r\n");
        }
        return new EncodedValue(text.substring(0, size).getBytes(US_ASCII), 1);
    }

    private static Deadline deadline() {
        return Deadline.after(LONG, Ticker.system());
    }
}
