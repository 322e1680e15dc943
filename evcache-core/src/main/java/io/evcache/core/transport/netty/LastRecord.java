package io.evcache.core.transport.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.ssl.SslHandler;

/**
 * Sends the last two bytes of a long batch in a TLS record of their own, so that memcached reads the whole batch.
 *
 * <p>memcached takes from OpenSSL what has a place in its buffer of 16 KiB, or what is left of a value, and then waits for the socket, although OpenSSL may still hold the rest of that record:
 * commands at the end of a batch were answered only when more bytes came, or never (1.6.18 and 1.6.38). While a further record lies in the socket, it does not wait; and of the line feed that ends
 * a batch nothing can be left over. A batch that has a place in the buffer as a whole is read as a whole.
 *
 * <p>Needs an {@link SslHandler} before it that joins no writes, and writes that are whole commands.
 */
@Sharable
final class LastRecord extends ChannelOutboundHandlerAdapter {
    static final LastRecord SHARED = new LastRecord();

    private static final int SERVER_BUFFER_BYTES = 16 * 1_024;
    private static final int LINE_FEED_BYTES = 2;

    private LastRecord() {}

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        ByteBuf batch = (ByteBuf) message;
        if (batch.readableBytes() > SERVER_BUFFER_BYTES) {
            context.write(batch.readRetainedSlice(batch.readableBytes() - LINE_FEED_BYTES), context.voidPromise());
        }
        context.write(batch, promise);
    }
}
