package io.evcache.testkit;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One client's connection and the proxy's own to the server for it. Confined to the event loop. */
final class FaultConnection {
    /** How long a closed side is still read, so that its end is not turned into a reset. */
    private static final Duration DRAIN = Duration.ofMillis(100);

    private final Channel client;
    private final Channel server;
    private final FaultPipe toServer;
    private final FaultPipe toClient;
    private boolean connected;
    private boolean closing;

    /** Neither side is read before the server has accepted; if it does not, the client is reset. */
    FaultConnection(Channel client, InetSocketAddress target, Faults toServerFaults, Faults toClientFaults) {
        this.client = client;
        // The pipes need both channels, so the server's is made before it is connected.
        this.server = new NioSocketChannel();
        this.toServer = new FaultPipe(this, toServerFaults, client, server);
        this.toClient = new FaultPipe(this, toClientFaults, server, client);
        client.pipeline().addLast(toServer);
        new Bootstrap()
                .group(client.eventLoop())
                .channelFactory(() -> server)
                .option(ChannelOption.AUTO_READ, false)
                .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .option(ChannelOption.TCP_NODELAY, true)
                .handler(toClient)
                .connect(target)
                .addListener(done -> {
                    if (done.isSuccess()) {
                        connected = true;
                        pump();
                    } else {
                        reset();
                    }
                });
    }

    /** Calls it when both sides are closed. */
    void onClosed(Runnable listener) {
        client.closeFuture().addListener(c -> server.closeFuture().addListener(s -> listener.run()));
    }

    boolean isClosing() {
        return closing;
    }

    /** Delivers what is due in either direction, and reads where there is room. */
    void pump() {
        if (connected) {
            toServer.pump();
            toClient.pump();
        }
    }

    /** The same after the faults have changed. */
    void wake() {
        if (connected) {
            toServer.wake();
            toClient.wake();
        }
    }

    /** One side has ended its stream, and the other is told; a connection that has ended both ways is closed. */
    void ended(Channel sink) {
        if (toServer.ended() && toClient.ended()) {
            closing = true;
            afterWrites(client, ChannelFutureListener.CLOSE);
            afterWrites(server, ChannelFutureListener.CLOSE);
        } else {
            afterWrites(sink, written -> ((DuplexChannel) sink).shutdownOutput());
        }
    }

    /** Ends both sides in order, after what was written, whatever they still want to say. */
    void close() {
        closing = true;
        for (Channel channel : List.of(client, server)) {
            afterWrites(channel, written -> {
                ((DuplexChannel) channel).shutdownOutput();
                // Closing with something unread would make a reset of it, which may overtake what was written.
                channel.config().setAutoRead(true);
                channel.eventLoop().schedule(() -> channel.close(), DRAIN.toMillis(), TimeUnit.MILLISECONDS);
            });
        }
    }

    /** Ends both sides with a TCP reset. */
    void reset() {
        closing = true;
        for (Channel channel : List.of(client, server)) {
            try {
                channel.config().setOption(ChannelOption.SO_LINGER, 0);
            } catch (ChannelException e) {
                // It is closed already, or was never connected.
            }
            channel.close();
        }
    }

    private static void afterWrites(Channel channel, ChannelFutureListener next) {
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(next);
    }
}
