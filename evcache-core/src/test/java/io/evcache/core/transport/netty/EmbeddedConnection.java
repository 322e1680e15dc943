package io.evcache.core.transport.netty;

import io.evcache.core.command.Command;
import io.evcache.core.command.Get;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Pending;
import io.evcache.core.command.Reply;
import io.evcache.core.key.Key;
import io.evcache.core.time.Deadline;
import io.evcache.core.time.WallClock;
import io.evcache.core.transport.Capabilities;
import io.evcache.core.transport.TransportConfig;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A connection without a socket and without threads: the test is the server, the event loop and the clock. */
final class EmbeddedConnection implements AutoCloseable {
    final NettyConnection connection;
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private long now = 1_000_000_000;

    EmbeddedConnection(TransportConfig config) {
        this(config, () -> 0);
    }

    EmbeddedConnection(TransportConfig config, WallClock clock) {
        this(config, clock, null);
    }

    EmbeddedConnection(TransportConfig config, WallClock clock, @Nullable SharedSocket socket) {
        channel.freezeTime();
        connection = new NettyConnection(
                "node test",
                channel,
                config,
                Capabilities.all("test"),
                new LaneParts(new Sweeper(channel.eventLoop(), () -> now), clock),
                socket);
        channel.pipeline().addLast(new ConnectionHandler(connection));
    }

    Deadline in(Duration timeout) {
        return Deadline.after(timeout, () -> now);
    }

    /** Sends, but does not let the event loop run. */
    <R extends Reply> Pending<R> queue(Command<R> command, Duration timeout) {
        return connection.send(command, in(timeout));
    }

    <R extends Reply> Pending<R> send(Command<R> command) {
        Pending<R> pending = queue(command, Duration.ofMillis(100));
        runLoop();
        return pending;
    }

    Pending<Lookup> get(String key) {
        return send(Get.of(Key.of(key)));
    }

    void runLoop() {
        channel.runPendingTasks();
    }

    /** The server says these bytes. */
    void say(String text) {
        say(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    void say(byte[] bytes) {
        channel.pipeline().fireChannelRead(Unpooled.wrappedBuffer(bytes)); // also when it has been closed meanwhile
        runLoop();
    }

    /** As TLS does, which says goodbye behind all that is queued before it closes. */
    void closeLater() {
        channel.pipeline().addFirst(new ChannelOutboundHandlerAdapter() {
            @Override
            public void close(ChannelHandlerContext context, ChannelPromise promise) {}
        });
    }

    boolean isChannelOpen() {
        return channel.isOpen();
    }

    void hangUp() {
        channel.close();
        runLoop();
    }

    /** What the server has received since the last call. */
    String received() {
        StringBuilder text = new StringBuilder();
        for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            text.append(out.toString(StandardCharsets.ISO_8859_1));
            out.release();
        }
        return text.toString();
    }

    /** Lets time pass as on a machine that has nothing else to do: every task runs when it is due. */
    void pass(Duration time) {
        for (long left = time.toMillis(); left > 0; left--) {
            jump(Duration.ofMillis(1));
        }
    }

    /** Lets time pass as in a process that was stopped: what has become due runs once, at the end. */
    void jump(Duration time) {
        now += time.toNanos();
        channel.advanceTimeBy(time.toNanos(), TimeUnit.NANOSECONDS);
        channel.runScheduledPendingTasks();
        runLoop();
    }

    boolean isClosed() {
        return connection.closed().toCompletableFuture().isDone();
    }

    @Override
    public void close() {
        connection.close();
        runLoop();
        received();
        channel.finishAndReleaseAll();
    }
}
