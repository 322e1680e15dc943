package io.evcache.core.transport.netty;

import io.evcache.core.error.NodeUnavailable;
import io.evcache.core.error.NodeUnavailable.Reason;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/** Passes what happens on the channel to the connection. */
final class ConnectionHandler extends ChannelInboundHandlerAdapter {
    private final NettyConnection connection;

    ConnectionHandler(NettyConnection connection) {
        this.connection = connection;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf in = (ByteBuf) message;
        try {
            connection.received(in);
        } finally {
            in.release();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        connection.writableAgain();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        connection.close(
                new NodeUnavailable(Reason.CONNECTION_LOST, connection.name() + " closed the connection", null));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        connection.close(
                new NodeUnavailable(Reason.CONNECTION_LOST, connection.name() + ": " + cause.getMessage(), cause));
    }
}
