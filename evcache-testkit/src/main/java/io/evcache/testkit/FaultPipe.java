package io.evcache.testkit;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.concurrent.Future;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One direction of one proxied connection: reads from its source, holds what is due later, writes to its sink.
 *
 * <p>A handler of the source channel. Confined to the event loop.
 */
final class FaultPipe extends ChannelInboundHandlerAdapter {
    /** Enough to keep a delayed link full at some 100 MB/s and 100 ms. */
    private static final int MAX_DELAYED_BYTES = 16 << 20;
    /** Without a delay the proxy is a wire, and a slow receiver must be felt by the sender. */
    private static final int MAX_HELD_BYTES = 64 << 10;

    private final FaultConnection connection;
    private final Faults faults;
    private final Channel source;
    private final Channel sink;
    private final Deque<Piece> queue = new ArrayDeque<>();
    private long queuedBytes;
    private long lastDueNanos;
    private long healings = -1;
    private @Nullable Future<?> scheduled;
    /** A write can make the sink unwritable or writable, and that calls {@link #pump()} in its midst. */
    private boolean pumping;

    private boolean sourceEnded;
    private boolean ended;
    private Faults.@Nullable Truncation truncation;
    private long bytesLeft;

    private enum Kind {
        DATA,
        END,
        RESET
    }

    private static final class Piece {
        final Kind kind;
        final byte[] bytes;
        final long dueNanos;
        /** How often the direction had been healed by then: a healing makes what is queued due. */
        final long healings;

        int offset;

        Piece(Kind kind, byte[] bytes, long dueNanos, long healings) {
            this.kind = kind;
            this.bytes = bytes;
            this.dueNanos = dueNanos;
            this.healings = healings;
        }
    }

    FaultPipe(FaultConnection connection, Faults faults, Channel source, Channel sink) {
        this.connection = connection;
        this.faults = faults;
        this.source = source;
        this.sink = sink;
    }

    /** Whether the source's end has been handed to the sink. */
    boolean ended() {
        return ended;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        byte[] chunk;
        ByteBuf buffer = (ByteBuf) message;
        try {
            chunk = ByteBufUtil.getBytes(buffer);
        } finally {
            buffer.release();
        }
        if (connection.isClosing()) {
            return;
        }
        byte[] bytes = faults.rewritten(chunk);
        int largest = faults.largestPieceBytes();
        for (int from = 0; from < bytes.length; from += Math.min(largest, bytes.length - from)) {
            int length = Math.min(largest, bytes.length - from);
            byte[] piece = length == bytes.length ? bytes : Arrays.copyOfRange(bytes, from, from + length);
            enqueue(Kind.DATA, piece);
        }
        pump();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE && !sourceEnded) {
            sourceEnded = true;
            enqueue(Kind.END, new byte[0]);
            pump();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        // The source was reset (or a rewriting function failed): the other side learns it in the order of the data.
        enqueue(Kind.RESET, new byte[0]);
        pump();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        // Also how a reset shows that a write to the source has met. After an orderly end nobody listens any more.
        enqueue(Kind.RESET, new byte[0]);
        pump();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        connection.pump(); // this pipe's source is the other pipe's sink
    }

    /** Looks again after the faults have changed. */
    void wake() {
        if (scheduled != null) {
            scheduled.cancel(false);
            scheduled = null;
        }
        pump();
    }

    /** Delivers what is due, as far as the faults and the sink allow. */
    void pump() {
        if (connection.isClosing()) {
            queue.clear();
            return;
        }
        if (!pumping) {
            pumping = true;
            deliverWhatIsDue();
            pumping = false;
        }
        boolean hasRoom = queuedBytes < (faults.hasLatency() ? MAX_DELAYED_BYTES : MAX_HELD_BYTES);
        if (source.config().isAutoRead() != hasRoom) {
            source.config().setAutoRead(hasRoom);
        }
    }

    private void deliverWhatIsDue() {
        while (!queue.isEmpty() && canDeliver()) {
            Piece piece = queue.element();
            long waitNanos = piece.dueNanos - System.nanoTime();
            if (waitNanos > 0 && piece.healings == faults.healings()) {
                pumpAfter(waitNanos);
            } else {
                deliver(piece);
            }
        }
    }

    private boolean canDeliver() {
        return !connection.isClosing()
                && !faults.isBlackHole()
                && scheduled == null
                && sink.isActive()
                && sink.isWritable();
    }

    private void deliver(Piece piece) {
        switch (piece.kind) {
            case DATA -> deliverData(piece);
            case END -> {
                queue.remove();
                ended = true;
                connection.ended(sink);
            }
            case RESET -> connection.reset();
        }
    }

    private void deliverData(Piece piece) {
        if (faults.truncation() != truncation) {
            truncation = faults.truncation();
            bytesLeft = truncation == null ? 0 : truncation.bytes;
        }
        int length = piece.bytes.length - piece.offset;
        boolean sliced = faults.sliceBytes() > 0 && faults.sliceBytes() < length;
        length = sliced ? faults.sliceBytes() : length;
        length = truncation == null ? length : (int) Math.min(length, bytesLeft);

        if (length > 0) {
            ByteBuf written = Unpooled.wrappedBuffer(piece.bytes, piece.offset, length);
            faults.delivered(length); // before the receiver can know
            piece.offset += length;
            queuedBytes -= length;
            bytesLeft -= length;
            sink.writeAndFlush(written);
        }
        if (piece.offset == piece.bytes.length) {
            queue.remove();
        }
        if (truncation != null && bytesLeft == 0) {
            connection.close();
        } else if (faults.sliceBytes() > 0) {
            pumpAfter(faults.slicePauseNanos());
        }
    }

    private void enqueue(Kind kind, byte[] bytes) {
        long dueNanos = faults.arrivalNanos(bytes.length);
        boolean first = healings != faults.healings();
        lastDueNanos = first ? dueNanos : Math.max(lastDueNanos, dueNanos); // TCP keeps the order
        healings = faults.healings();
        queue.add(new Piece(kind, bytes, lastDueNanos, healings));
        queuedBytes += bytes.length;
    }

    private void pumpAfter(long nanos) {
        Runnable pump = () -> {
            scheduled = null;
            pump();
        };
        scheduled = source.eventLoop().schedule(pump, nanos, TimeUnit.NANOSECONDS);
    }
}
