package io.evcache.core.transport.netty;

import io.evcache.core.error.EvCacheException;
import io.evcache.core.error.NodeUnavailable;
import io.evcache.core.error.NodeUnavailable.Reason;
import io.evcache.core.error.ProtocolViolation;
import io.evcache.core.error.ServerError;
import io.evcache.core.time.Ticker;
import io.evcache.core.transport.ItemMetadata;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The connection's side of a walk: asks, reads no more than the walk wants, and turns lines into items. Nothing is asked behind it: memcached hands the socket to its crawler and does not look at
 * what came right behind the question. Confined to the event loop, but for {@link #resume} and {@link #close}.
 */
final class ItemReader extends ChannelInboundHandlerAdapter {
    /** A key of 250 bytes, each written as three, and the numbers. */
    private static final int MAX_LINE_BYTES = 2_048;

    /** memcached runs one walk at a time, its own short ones included. */
    private static final long BUSY_RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final long BUSY_PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** A crawler that meets nothing to tell is quiet for a while: a hash table of millions of empty places takes it about a second. */
    private static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final String node;
    private final String line;
    private final ItemWalk walk;
    private final Ticker ticker;

    private @Nullable ChannelHandlerContext context;
    private ByteBuf unread = Unpooled.EMPTY_BUFFER;
    private boolean reading;
    private long waitingSince;
    private long askedAt;

    ItemReader(String node, String line, ItemWalk walk, Ticker ticker) {
        this.node = node;
        this.line = line;
        this.walk = walk;
        this.ticker = ticker;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added; // before looking, as who cancels looks at this after that
        if (walk.hasEnded()) {
            added.close();
            return;
        }
        added.channel().config().setAutoRead(false); // from now on, each read is of one buffer of the lane at most
        askedAt = ticker.nanos();
        ask(added);
        watch(added);
        drain(added);
    }

    private void ask(ChannelHandlerContext to) {
        to.writeAndFlush(ByteBufUtil.writeAscii(to.alloc(), line + "\r\n"));
    }

    /** The walk wants more. From any thread. */
    void resume() {
        ChannelHandlerContext now = context;
        if (now == null) {
            return;
        }
        try {
            now.executor().execute(() -> drain(now));
        } catch (RejectedExecutionException e) {
            walk.failed(new NodeUnavailable(
                    Reason.CONNECTION_LOST, node + ": the transport was closed during '" + line + "'", e));
        }
    }

    /** From any thread. */
    void close() {
        ChannelHandlerContext now = context;
        if (now != null) {
            now.channel().close();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext from, Object message) {
        ByteBuf in = (ByteBuf) message;
        reading = false;
        if (walk.hasEnded()) {
            in.release();
            return;
        }
        keep(in, from);
        drain(from);
    }

    /** Copies: what was read into is that of the whole lane, and a subscriber may pause for long. */
    private void keep(ByteBuf in, ChannelHandlerContext from) {
        try {
            ByteBuf joined = from.alloc().buffer(unread.readableBytes() + in.readableBytes());
            joined.writeBytes(unread).writeBytes(in);
            unread.release();
            unread = joined;
        } finally {
            in.release();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext from) {
        reading = false; // a read can end without a message
        drain(from);
    }

    private void drain(ChannelHandlerContext at) {
        try {
            while (walk.isWanted()) {
                int length = unread.bytesBefore((byte) '\n');
                if (length < 0) {
                    read(at);
                    return;
                }
                String text = unread.readCharSequence(length, StandardCharsets.US_ASCII)
                        .toString();
                unread.skipBytes(1);
                said(at, text.endsWith("\r") ? text.substring(0, length - 1) : text);
            }
        } catch (EvCacheException e) {
            walk.failed(e);
        }
    }

    private void read(ChannelHandlerContext at) {
        if (unread.readableBytes() > MAX_LINE_BYTES) {
            throw new ProtocolViolation(
                    node + " answered '" + line + "' with a line over " + MAX_LINE_BYTES + " bytes");
        }
        if (!reading) {
            reading = true;
            waitingSince = ticker.nanos();
            at.read();
        }
    }

    private void said(ChannelHandlerContext at, String text) {
        if (text.startsWith("key=")) {
            Optional<ItemMetadata> item = ItemLine.read(text);
            item.ifPresent(walk::next);
        } else if (text.equals("END")) {
            walk.completed();
            at.close();
        } else if (text.startsWith("BUSY") || text.startsWith("ERROR locked")) {
            busy(at, text);
        } else if (!text.equals("OK")) {
            throw new ServerError(node + " answered '" + line + "' with: " + shortened(text));
        }
    }

    private void busy(ChannelHandlerContext at, String text) {
        if (ticker.nanos() - askedAt >= BUSY_PATIENCE_NANOS) {
            throw new NodeUnavailable(
                    Reason.OVERLOADED, node + " is busy with another walk over its items: " + shortened(text), null);
        }
        at.executor()
                .schedule(
                        () -> {
                            if (!walk.hasEnded()) {
                                ask(at);
                            }
                        },
                        BUSY_RETRY_NANOS,
                        TimeUnit.NANOSECONDS);
    }

    private static String shortened(String text) {
        return text.substring(0, Math.min(text.length(), 80)).replaceAll("[^ -~]", "?");
    }

    /** Looks twice as often as needed whether the server still says something. */
    private void watch(ChannelHandlerContext at) {
        at.executor()
                .schedule(
                        () -> {
                            if (walk.hasEnded()) {
                                return;
                            }
                            if (reading && ticker.nanos() - waitingSince >= SILENCE_NANOS) {
                                walk.failed(new NodeUnavailable(
                                        Reason.NOT_RESPONDING,
                                        node + " has not said anything for 10 s during '" + line + "'",
                                        null));
                            } else {
                                watch(at);
                            }
                        },
                        SILENCE_NANOS / 2,
                        TimeUnit.NANOSECONDS);
    }

    @Override
    public void channelInactive(ChannelHandlerContext from) {
        walk.failed(new NodeUnavailable(
                Reason.CONNECTION_LOST, node + " closed the connection before the end of '" + line + "'", null));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext from, Throwable cause) {
        walk.failed(new NodeUnavailable(Reason.CONNECTION_LOST, node + ": " + cause.getMessage(), cause));
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext from) {
        unread.release();
        unread = Unpooled.EMPTY_BUFFER;
    }
}
