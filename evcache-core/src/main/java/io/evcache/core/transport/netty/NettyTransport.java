package io.evcache.core.transport.netty;

import io.evcache.core.error.NodeUnavailable;
import io.evcache.core.error.NodeUnavailable.Reason;
import io.evcache.core.time.Ticker;
import io.evcache.core.time.WallClock;
import io.evcache.core.topology.NodeAddress;
import io.evcache.core.transport.Capabilities;
import io.evcache.core.transport.Connection;
import io.evcache.core.transport.HostNames;
import io.evcache.core.transport.NodeAdmin;
import io.evcache.core.transport.Transport;
import io.evcache.core.transport.TransportConfig;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.LineBasedFrameDecoder;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Speaks memcached's meta protocol (memcached 1.6.12 or later) over pipelined TCP connections, on native epoll where available and NIO otherwise.
 *
 * <p>One event-loop thread per lane, shared by the connections to all nodes. A command costs one hand-off to the loop and one back; commands that gather meanwhile leave in
 * one packet. With TLS, every connection is encrypted by the JDK's provider, or is none. Replies are paired with commands by order <em>and</em> by an opaque token, plain gets by their keys, plain sets by the end of their run; any doubt closes the connection. Thread-safe.
 */
public final class NettyTransport implements Transport {
    private static final int MAX_HANDSHAKE_LINE_BYTES = 1_024;

    private final TransportConfig config;
    private final Ticker ticker;
    private final HostNames names;
    private final EventLoops loops;
    private final @Nullable ClientTls tls;
    private final List<Lane> lanes;
    private final ChannelGroup open = new DefaultChannelGroup("evcache", GlobalEventExecutor.INSTANCE, true);

    private NettyTransport(TransportConfig config, Ticker ticker, WallClock clock, HostNames names) {
        this.config = config;
        this.ticker = ticker;
        this.names = names;
        this.loops = EventLoops.start(config.lanes());
        this.tls = config.tls().map(tls -> new ClientTls(tls, config.lanes())).orElse(null);
        this.lanes = loops.lanes().stream()
                .map(loop -> new Lane(loop, new LaneParts(new Sweeper(loop, ticker), clock), ReadBuffer.of(loop)))
                .toList();
    }

    /** A loop, and what all connections on it share. */
    private record Lane(LaneLoop loop, LaneParts parts, ReadBuffer buffer) {}

    /** Starts a transport; its threads live until {@link #close()}. */
    public static NettyTransport start(TransportConfig config) {
        return start(config, Ticker.system(), WallClock.system());
    }

    /** Starts a transport with clocks of the caller's choice, for tests that move time. */
    public static NettyTransport start(TransportConfig config, Ticker ticker, WallClock clock) {
        return start(config, ticker, clock, HostNames.ofMachine());
    }

    /** Starts a transport that looks names up elsewhere, and owns that. */
    static NettyTransport start(TransportConfig config, Ticker ticker, WallClock clock, HostNames names) {
        return new NettyTransport(config, ticker, clock, names);
    }

    @Override
    public int lanes() {
        return lanes.size();
    }

    @Override
    public CompletionStage<Connection> connect(NodeAddress node, int lane) {
        return open(
                node,
                lane,
                (channel, capabilities) -> establish("node " + node, lanes.get(lane), channel, capabilities));
    }

    @Override
    public NodeAdmin admin(NodeAddress node) {
        return new NettyNodeAdmin(
                "node " + node, () -> open(node, 0, NettyTransport::establishAdmin), config.connectTimeout(), ticker);
    }

    /** Opens a connection, greets the server, and makes of the channel what it is for. */
    private <T> CompletionStage<T> open(NodeAddress node, int lane, BiFunction<Channel, Capabilities, T> establish) {
        if (!node.isNamed()) { // nobody needs to be asked, whoever is slow to answer for other nodes
            String literal = node.ip() == null ? node.host() : node.ip();
            return open(node, new InetSocketAddress(literal, node.port()), lanes.get(lane), establish);
        }
        return address(node).thenCompose(address -> open(node, address, lanes.get(lane), establish));
    }

    /** Not left to Netty, which would ask on the event loop, and hold up every connection of the lane. */
    private CompletionStage<InetSocketAddress> address(NodeAddress node) {
        CompletableFuture<InetSocketAddress> address = new CompletableFuture<>();
        names.addresses(node.host()).whenComplete((addresses, failure) -> {
            if (failure == null) {
                address.complete(new InetSocketAddress(addresses.get(0), node.port()));
            } else {
                address.completeExceptionally(notResolved(node, failure));
            }
        });
        return address;
    }

    private NodeUnavailable notResolved(NodeAddress node, Throwable why) {
        if (why instanceof RejectedExecutionException) {
            return closed("node " + node, why);
        }
        String message = "node " + node + " cannot be reached: " + node.host() + " cannot be resolved: " + why;
        return new NodeUnavailable(Reason.NOT_CONNECTED, message, why);
    }

    private <T> CompletionStage<T> open(
            NodeAddress node, InetSocketAddress address, Lane lane, BiFunction<Channel, Capabilities, T> establish) {
        try {
            return connect(node, address, lane, establish);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(closed("node " + node, e));
        }
    }

    private <T> CompletionStage<T> connect(
            NodeAddress node, InetSocketAddress address, Lane lane, BiFunction<Channel, Capabilities, T> establish) {
        String name = "node " + node;
        CompletableFuture<T> greeted = new CompletableFuture<>();
        ChannelFuture connecting =
                bootstrap(node, lane, new Handshake<>(name, establish, greeted)).connect(address);
        Channel channel = connecting.channel();
        connecting.addListener(done -> {
            if (!done.isSuccess()) {
                greeted.completeExceptionally(unreachable(name, done.cause()));
            }
        });
        lane.loop.schedule(
                () -> greeted.completeExceptionally(unanswered(name)),
                config.connectTimeout().toNanos(),
                TimeUnit.NANOSECONDS);
        return greeted.whenComplete((connection, failure) -> {
            if (failure != null) {
                channel.close();
            }
        });
    }

    private Connection establish(String name, Lane lane, Channel channel, Capabilities capabilities) {
        SharedSocket socket = tls == null && channel instanceof SharedSocket shared ? shared : null;
        NettyConnection connection = new NettyConnection(name, channel, config, capabilities, lane.parts, socket);
        channel.pipeline().addLast(new ConnectionHandler(connection));
        lane.loop.traffic().hostsNoMore(channel);
        channel.pipeline().remove(Handshake.class);
        channel.pipeline().remove(LineBasedFrameDecoder.class);
        return connection;
    }

    private static AdminChannel establishAdmin(Channel channel, Capabilities capabilities) {
        channel.pipeline().remove(Handshake.class);
        channel.pipeline().remove(LineBasedFrameDecoder.class);
        return new AdminChannel(channel, capabilities);
    }

    private Bootstrap bootstrap(NodeAddress node, Lane lane, Handshake<?> handshake) {
        return new Bootstrap()
                .group(lane.loop)
                .disableResolver()
                .channelFactory(loops.channels())
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int)
                        config.connectTimeout().toMillis())
                .option(ChannelOption.RECVBUF_ALLOCATOR, lane.buffer)
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(64 * 1_024, 256 * 1_024))
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        open.add(channel);
                        lane.loop.traffic().hosts(channel);
                        if (tls != null) {
                            tls.encrypt(channel.pipeline(), node);
                        }
                        channel.pipeline()
                                .addLast(new LineBasedFrameDecoder(MAX_HANDSHAKE_LINE_BYTES, true, true), handshake);
                    }
                });
    }

    @Override
    public void close() {
        names.close();
        open.close().awaitUninterruptibly(1, TimeUnit.SECONDS);
        loops.close();
        if (tls != null) {
            tls.close();
        }
    }

    private static NodeUnavailable closed(String name, Throwable cause) {
        return new NodeUnavailable(Reason.CLOSED, name + " was not connected to: the transport is closed", cause);
    }

    private NodeUnavailable unreachable(String name, Throwable cause) {
        return new NodeUnavailable(Reason.NOT_CONNECTED, name + " cannot be reached: " + cause.getMessage(), cause);
    }

    private NodeUnavailable unanswered(String name) {
        return new NodeUnavailable(
                Reason.NOT_CONNECTED,
                name + " accepted the connection but did not "
                        + (tls == null ? "answer" : "complete the TLS handshake and answer") + " within "
                        + config.connectTimeout().toMillis() + " ms; is it hung, or does it expect "
                        + (tls == null ? "TLS?" : "plaintext?"),
                null);
    }

    @Override
    public String toString() {
        return "Netty(" + loops.io() + ", " + lanes.size() + " lanes)";
    }
}
