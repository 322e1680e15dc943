package io.evcache.testkit.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Between one channel and its {@link Conversation}. Replies collect over all reads of a round and leave in one flush. A
 * peer that does not read its replies is not read from either, so that a connection holds a bounded amount of memory.
 * Confined to the event loop.
 */
final class ConnectionHandler extends ChannelInboundHandlerAdapter {
    private static final Logger log = LoggerFactory.getLogger(ConnectionHandler.class);

    private final ItemStore store;
    private final ReplyBuffer out = new ReplyBuffer();
    private final Conversation conversation;
    private final BooleanSupplier hanging;
    private @Nullable ByteBuf unread;

    ConnectionHandler(Dialect dialect, ItemStore store, Statistics statistics, BooleanSupplier hanging) {
        this.store = store;
        this.conversation = new Conversation(dialect, store, statistics, out);
        this.hanging = hanging;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf in = joined(context, (ByteBuf) message);
        out.begin(context.alloc());
        try {
            int before = in.readableBytes();
            synchronized (store) {
                store.clock().tick();
                conversation.receive(in);
                store.count(Counter.BYTES_READ, before - in.readableBytes());
            }
        } finally {
            keepOrRelease(in);
            write(context, out.take());
        }
        if (conversation.isClosed()) {
            context.writeAndFlush(context.alloc().buffer(0)).addListener(ChannelFutureListener.CLOSE);
        }
    }

    private void write(ChannelHandlerContext context, ByteBuf replies) {
        if (replies.isReadable()) {
            synchronized (store) {
                store.count(Counter.BYTES_WRITTEN, replies.readableBytes());
            }
            context.write(replies, context.voidPromise());
        } else {
            replies.release();
        }
    }

    /** The bytes left from before, a part of a line, followed by the new ones. */
    private ByteBuf joined(ChannelHandlerContext context, ByteBuf arrived) {
        ByteBuf left = unread;
        if (left == null) {
            return arrived;
        }
        unread = null;
        ByteBuf joined = left;
        if (left.refCnt() > 1 || left.isReadOnly() || left.writableBytes() < arrived.readableBytes()) {
            joined = context.alloc().buffer((left.readableBytes() + arrived.readableBytes()) * 2);
            joined.writeBytes(left);
            left.release();
        }
        joined.writeBytes(arrived);
        arrived.release();
        return joined;
    }

    private void keepOrRelease(ByteBuf in) {
        if (in.isReadable() && !conversation.isClosed()) {
            unread = in;
        } else {
            in.release();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        context.flush();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        context.channel().config().setAutoRead(context.channel().isWritable() && !hanging.getAsBoolean());
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        ReferenceCountUtil.release(unread);
        unread = null;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        boolean ofThePeer = cause instanceof IOException
                || (cause instanceof DecoderException && cause.getCause() instanceof SSLException);
        if (!ofThePeer) {
            log.error(
                    "[{}] request failed, connection closed", context.channel().localAddress(), cause);
        }
        context.close();
    }
}
