package io.evcache.core.transport.netty;

import static io.evcache.core.transport.netty.Outcomes.failure;
import static io.evcache.core.transport.netty.Outcomes.reason;
import static org.assertj.core.api.Assertions.assertThat;

import io.evcache.core.command.Get;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Pending;
import io.evcache.core.command.Store;
import io.evcache.core.command.StoreReply;
import io.evcache.core.error.CodecFailure;
import io.evcache.core.error.NodeUnavailable.Reason;
import io.evcache.core.key.Key;
import io.evcache.core.transport.TransportConfig;
import io.evcache.core.value.EncodedValue;
import io.evcache.core.value.Ttl;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How much one connection takes, and what is over it, decided without sockets, threads or waiting. */
class ConnectionLimitsTest {
    private static final Key KEY = Key.of("k");
    private static final Duration TIMEOUT = Duration.ofMillis(100);
    private static final TransportConfig CONFIG = TransportConfig.defaults();

    private EmbeddedConnection server = new EmbeddedConnection(CONFIG);

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void tooManyCommandsAreAnsweredAtOnce() {
        server.close();
        server = new EmbeddedConnection(CONFIG.withMaxInFlight(2));
        Pending<Lookup> a = server.queue(Get.of(KEY), TIMEOUT);
        Pending<Lookup> b = server.queue(Get.of(KEY), TIMEOUT);

        Pending<Lookup> refused = server.queue(Get.of(KEY), TIMEOUT);

        assertThat(reason(refused)).isEqualTo(Reason.OVERLOADED);
        assertThat(failure(refused).mayHaveBeenApplied()).isFalse();
        server.runLoop();
        server.say("EN O0\r\nEN O1\r\n");
        assertThat(List.of(a, b)).allSatisfy(call -> assertThat(call.value()).isEqualTo(Lookup.Miss.PLAIN));
        assertThat(server.get("again").isSettled()).isFalse();
    }

    @Test
    void roomOfAllThatOneReadAnswersIsFreeWhenTheFirstIsTold() {
        server.close();
        server = new EmbeddedConnection(CONFIG.withMaxInFlight(2));
        List<Pending<Lookup>> more = new ArrayList<>();
        server.get("a").receive(told -> {
            more.add(server.queue(Get.of(KEY), TIMEOUT));
            more.add(server.queue(Get.of(KEY), TIMEOUT));
        });
        server.get("b");

        server.say("EN O0\r\nEN O1\r\n");
        server.say("EN O2\r\nEN O3\r\n");

        assertThat(more).hasSize(2).allSatisfy(call -> assertThat(call.value()).isEqualTo(Lookup.Miss.PLAIN));
        assertThat(server.connection.inFlight()).isZero();
    }

    @Test
    void expiredCallersCountUntilTheirReplyHasCome() {
        server.close();
        server = new EmbeddedConnection(CONFIG.withMaxInFlight(2));
        server.get("a");
        server.get("b");
        server.pass(Duration.ofMillis(120));

        assertThat(reason(server.get("c"))).isEqualTo(Reason.OVERLOADED);
    }

    @Test
    void tooManyBytesAreAnsweredAtOnce() {
        server.close();
        server = new EmbeddedConnection(CONFIG.withMaxQueuedBytes(2_000));
        Pending<StoreReply> first = server.send(Store.set(KEY, value("x".repeat(1_500)), Ttl.none()));

        Pending<StoreReply> refused = server.send(Store.set(KEY, value("x".repeat(1_500)), Ttl.none()));

        assertThat(reason(refused)).isEqualTo(Reason.OVERLOADED);
        server.say("HD O0\r\n");
        assertThat(first.value()).isEqualTo(StoreReply.STORED);
        assertThat(server.send(Store.set(KEY, value("x".repeat(1_500)), Ttl.none()))
                        .isSettled())
                .isFalse();
    }

    @Test
    void valueOverTheLimitIsRefusedBeforeItIsSent() {
        server.close();
        server = new EmbeddedConnection(CONFIG.withMaxValueBytes(10));

        Pending<StoreReply> refused = server.send(Store.set(KEY, value("12345678901"), Ttl.none()));

        assertThat(refused.failure()).isInstanceOf(CodecFailure.class).hasMessageContaining("11 bytes");
        assertThat(server.received()).isEmpty();
    }

    @Test
    void valueOverTheLimitFailsItsReaderAndNobodyElse() {
        server.close();
        server = new EmbeddedConnection(CONFIG.withMaxValueBytes(10));
        Pending<Lookup> large = server.get("a");
        Pending<Lookup> small = server.get("b");

        server.say("VA 11 O0\r\n12345678901\r\nVA 1 O1\r\nB\r\n");

        assertThat(large.failure())
                .isInstanceOf(CodecFailure.class)
                .hasMessageContaining("11 bytes")
                .hasMessageContaining("maxValueBytes = 10");
        assertThat(small.value()).isInstanceOf(Lookup.Hit.class);
        assertThat(server.isClosed()).isFalse();
        assertThat(server.connection.inFlight()).isZero();
    }

    private static EncodedValue value(String text) {
        return new EncodedValue(text.getBytes(StandardCharsets.ISO_8859_1), 0);
    }
}
