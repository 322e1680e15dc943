package io.evcache.core.transport.netty;

import io.evcache.core.transport.Capabilities;
import io.evcache.core.transport.TransportConfig;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;

/** Connections on native epoll to a server that is not asked what it can do. */
final class EpollConnections {
    private EpollConnections() {}

    static EpollChannel connect(EventLoopGroup loop, ScriptedServer server) {
        return (EpollChannel) new Bootstrap()
                .group(loop)
                .channelFactory(EpollChannel::new)
                .handler(new ChannelInboundHandlerAdapter())
                .connect(server.address())
                .syncUninterruptibly()
                .channel();
    }

    /** Makes a connection of the channel, on the channel's event loop. Callers write through the socket. */
    static NettyConnection establish(EpollChannel channel, TransportConfig config, LaneParts parts, SharedSocket socket)
            throws Exception {
        return channel.eventLoop()
                .submit(() -> {
                    NettyConnection connection = new NettyConnection(
                            "node test", channel, config, Capabilities.all("1.6.38"), parts, socket);
                    channel.pipeline().addLast(new ConnectionHandler(connection));
                    return connection;
                })
                .get();
    }
}
