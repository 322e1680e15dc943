package io.evcache.replication.link;

import static java.util.Objects.requireNonNull;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/**
 * The agent's end of the links: listens, and hands batches to a handler. Bounded in connections, in the length of a frame and in bytes in flight; what is
 * beyond is refused or answered "busy", never queued. Two daemon threads.
 *
 * <p><b>Without mutual TLS whoever reaches the port can write to this region: bind it to a trusted network.</b>
 */
public final class LinkServer implements AutoCloseable {
    private static final long CLOSE_SECONDS = 5;
    private static final int LOOPS = 2;

    private final MultiThreadIoEventLoopGroup group;
    private final ServerCounters counters = new ServerCounters();
    private final ChannelGroup channels;
    private final Channel listening;

    private LinkServer(LinkServerConfig config, BatchHandler handler) {
        group = new MultiThreadIoEventLoopGroup(
                LOOPS, new DefaultThreadFactory("evcache-agent", true), NioIoHandler.newFactory());
        channels = new DefaultChannelGroup(group.next());
        try {
            listening = bootstrap(config, handler)
                    .bind(new InetSocketAddress(config.host(), config.port()))
                    .syncUninterruptibly()
                    .channel();
        } catch (RuntimeException e) {
            group.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS);
            throw e;
        }
    }

    /**
     * Listens.
     *
     * @throws RuntimeException if the address cannot be bound
     */
    public static LinkServer listen(LinkServerConfig config, BatchHandler handler) {
        return new LinkServer(requireNonNull(config, "config"), requireNonNull(handler, "handler"));
    }

    /** Returns the address it listens on, with the port that was chosen. */
    public InetSocketAddress address() {
        return (InetSocketAddress) listening.localAddress();
    }

    /** Returns what has happened so far. */
    public LinkServerStats stats() {
        return counters.stats();
    }

    /** Closes all connections and frees the port. Batches that are being applied go on without an answer. Takes at most some seconds. */
    @Override
    public void close() {
        listening.close().awaitUninterruptibly(CLOSE_SECONDS, TimeUnit.SECONDS);
        channels.close().awaitUninterruptibly(CLOSE_SECONDS, TimeUnit.SECONDS);
        group.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS)
                .awaitUninterruptibly(CLOSE_SECONDS, TimeUnit.SECONDS);
    }

    private ServerBootstrap bootstrap(LinkServerConfig config, BatchHandler handler) {
        return new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel fresh) {
                        channels.add(fresh);
                        FrameDecoder decoder = new FrameDecoder(counters.malformed::incrementAndGet);
                        fresh.pipeline()
                                .addLast(
                                        decoder,
                                        new FrameEncoder(),
                                        new ServerSession(config, handler, decoder, counters));
                        config.tls()
                                .ifPresent(tls ->
                                        LinkTls.addTo(fresh.pipeline(), tls.engine(), config.handshakeTimeout()));
                    }
                });
    }

    @Override
    public String toString() {
        return "LinkServer(" + address() + ")";
    }
}
