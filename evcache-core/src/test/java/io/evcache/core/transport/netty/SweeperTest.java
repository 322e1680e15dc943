package io.evcache.core.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.evcache.core.command.Command;
import io.evcache.core.command.Get;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Pending;
import io.evcache.core.error.DeadlineExceeded;
import io.evcache.core.key.Key;
import io.evcache.core.time.Deadline;
import io.evcache.core.transport.Capabilities;
import io.evcache.core.transport.TransportConfig;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Many connections of one lane. The first channel's loop is the lane; the test is the servers and the clock. */
class SweeperTest {
    private final EmbeddedChannel lane = new EmbeddedChannel();
    private final List<EmbeddedChannel> channels = new ArrayList<>();
    private final List<NettyConnection> connections = new ArrayList<>();
    private final Sweeper sweeper;
    private long now = 1_000_000_000;
    private int timers;

    SweeperTest() {
        lane.freezeTime();
        sweeper = new Sweeper(counting(lane.eventLoop()), () -> now);
        for (int i = 0; i < 3; i++) {
            EmbeddedChannel channel = new EmbeddedChannel();
            NettyConnection connection = new NettyConnection(
                    "node " + i,
                    channel,
                    TransportConfig.defaults(),
                    Capabilities.all("test"),
                    new LaneParts(sweeper, () -> 0),
                    null);
            channel.pipeline().addLast(new ConnectionHandler(connection));
            channels.add(channel);
            connections.add(connection);
        }
    }

    @AfterEach
    void close() {
        connections.forEach(NettyConnection::close);
        channels.forEach(EmbeddedChannel::runPendingTasks);
        channels.forEach(EmbeddedChannel::finishAndReleaseAll);
        lane.finishAndReleaseAll();
    }

    @Test
    void oneTimerServesAllConnectionsOfTheLane() {
        for (int node = 0; node < 3; node++) {
            send(node, 1_000);
        }

        assertThat(timers).isEqualTo(1);
    }

    @Test
    void callersOfEveryConnectionAreExpired() {
        List<Pending<Lookup>> pending = new ArrayList<>();
        for (int node = 0; node < 3; node++) {
            pending.add(send(node, 12));
        }

        pass(20);

        assertThat(pending).allSatisfy(one -> assertThat(one.failure()).isInstanceOf(DeadlineExceeded.class));
    }

    @Test
    void connectionWithNothingUnansweredIsLetGoAndTheOthersAreStillSwept() {
        Pending<Lookup> silent = send(1, 30);
        Pending<Lookup> answered = send(0, 30);
        channels.get(0).pipeline().fireChannelRead(Unpooled.copiedBuffer("EN O0\r\n", StandardCharsets.ISO_8859_1));

        pass(40);

        assertThat(answered.value()).isInstanceOf(Lookup.Miss.class);
        assertThat(silent.failure()).isInstanceOf(DeadlineExceeded.class);
    }

    @Test
    void noTimerRunsWhileNothingIsUnanswered() {
        send(0, 1_000);
        channels.get(0).pipeline().fireChannelRead(Unpooled.copiedBuffer("EN O0\r\n", StandardCharsets.ISO_8859_1));

        pass(1_000);

        assertThat(timers).isEqualTo(1);
    }

    @Test
    void callerThatSendsOnAnotherConnectionWhenItIsExpiredIsExpiredThereToo() {
        List<Pending<Lookup>> second = new ArrayList<>();
        send(0, 8).receive(expired -> second.add(send(1, 8)));

        pass(30);

        assertThat(second)
                .singleElement()
                .satisfies(one -> assertThat(one.failure()).isInstanceOf(DeadlineExceeded.class));
    }

    @Test
    void connectionsThatAskNeedTheLoopOnlyIfNoSweepIsPlanned() {
        assertThat(sweeper.ask(connections.get(0))).isTrue();
        sweeper.admit();
        assertThat(timers).isZero(); // it holds nothing

        send(1, 1_000);
        assertThat(timers).isEqualTo(1);
        assertThat(sweeper.ask(connections.get(2))).isFalse();
    }

    @Test
    void connectionThatAsksIsSweptFromTheNextSweepOn() {
        send(0, 1_000);
        Pending<Lookup> written = connections.get(1).send(Get.of(Key.of("key")), in(12)); // its loop does not run
        assertThat(sweeper.ask(connections.get(1))).isFalse();

        pass(20);

        assertThat(written.failure()).isInstanceOf(DeadlineExceeded.class);
    }

    private Pending<Lookup> send(int node, long timeoutMillis) {
        Command<Lookup> command = Get.of(Key.of("key"));
        Pending<Lookup> pending = connections.get(node).send(command, in(timeoutMillis));
        channels.get(node).runPendingTasks();
        return pending;
    }

    private Deadline in(long millis) {
        return Deadline.after(Duration.ofMillis(millis), () -> now);
    }

    private void pass(long millis) {
        for (long left = millis; left > 0; left--) {
            now += TimeUnit.MILLISECONDS.toNanos(1);
            lane.advanceTimeBy(1, TimeUnit.MILLISECONDS);
            lane.runScheduledPendingTasks();
        }
    }

    private EventLoop counting(EventLoop loop) {
        return (EventLoop) Proxy.newProxyInstance(
                EventLoop.class.getClassLoader(), new Class<?>[] {EventLoop.class}, (proxy, method, args) -> {
                    timers += method.getName().equals("schedule") ? 1 : 0;
                    return method.invoke(loop, args);
                });
    }
}
