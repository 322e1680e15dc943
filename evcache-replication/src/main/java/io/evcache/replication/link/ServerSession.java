package io.evcache.replication.link;

import io.evcache.replication.link.BatchAck.Outcome;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The server's end of one connection. Confined to its event loop. */
final class ServerSession extends SimpleChannelInboundHandler<Frame> {
    private static final Logger LOG = LoggerFactory.getLogger(ServerSession.class);

    /** How often a relay hears that a long batch is arriving: its pings wait behind it, and it closes after four seconds of silence. */
    private static final Duration RECEIPT = Duration.ofSeconds(1);

    /** The frame has a place for it. Relays pause as for every other reason to try again. */
    private static final int RETRY_AFTER_MILLIS = 50;

    private final LinkServerConfig config;
    private final BatchHandler handler;
    private final FrameDecoder decoder;
    private final ServerCounters counters;

    private @Nullable String peer;
    private Frame.@Nullable Ping lastPing;
    /** Since the idle time was last looked at. */
    private boolean heard;
    /** Since a receipt was last considered: bytes, and whole frames. */
    private boolean receivedBytes;

    private boolean receivedFrame;
    private boolean refused;
    private long inFlightBytes;

    ServerSession(LinkServerConfig config, BatchHandler handler, FrameDecoder decoder, ServerCounters counters) {
        super(Frame.class);
        this.config = config;
        this.handler = handler;
        this.decoder = decoder;
        this.counters = counters;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        if (counters.connections.incrementAndGet() > config.maxConnections()) {
            refuse(ctx, "too many connections");
            return;
        }
        ctx.executor()
                .schedule(
                        () -> closeWithoutHandshake(ctx),
                        config.handshakeTimeout().toNanos(),
                        TimeUnit.NANOSECONDS);
        ctx.executor().schedule(() -> closeIfIdle(ctx), config.idleTimeout().toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        counters.connections.decrementAndGet();
        if (peer != null) {
            LOG.info("[{}] relay of {} left", config.region(), peer);
        }
        ctx.fireChannelInactive();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslHandshakeCompletionEvent handshake && !handshake.isSuccess()) {
            refused = true;
            counters.refused.incrementAndGet();
            LOG.warn(
                    "[{}] {} refused: {}",
                    config.region(),
                    ctx.channel().remoteAddress(),
                    LinkTls.reason(handshake.cause()));
            ctx.close();
        }
        ctx.fireUserEventTriggered(event);
    }

    /** Who does not read the answers is not read either, so that what is kept for it has a bound. */
    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        ctx.channel().config().setAutoRead(ctx.channel().isWritable());
        ctx.fireChannelWritabilityChanged();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        LOG.debug("[{}] connection failed", config.region(), cause);
        ctx.close();
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, Frame frame) {
        if (refused) {
            return; // what was on its way when the answer left
        }
        receivedFrame = true;
        if (frame instanceof Frame.Hello hello && peer == null) {
            greet(ctx, hello);
        } else if (peer == null) {
            refuse(ctx, "no handshake");
        } else if (frame instanceof Batch batch) {
            receive(ctx, batch, peer);
        } else if (frame instanceof Frame.Ping ping) {
            lastPing = ping;
            ctx.writeAndFlush(new Frame.Pong(ping.nonce()));
        } else {
            refuse(ctx, "not what a relay says");
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        heard = true;
        receivedBytes = true;
        ctx.fireChannelReadComplete();
    }

    private void greet(ChannelHandlerContext ctx, Frame.Hello hello) {
        if (hello.minVersion() > FrameCodec.VERSION || hello.maxVersion() < FrameCodec.VERSION) {
            refuse(
                    ctx,
                    "this agent speaks version " + FrameCodec.VERSION + ", the relay " + hello.minVersion() + " to "
                            + hello.maxVersion());
        } else if (hello.region().isBlank() || hello.region().equals(config.region())) {
            refuse(ctx, "the relay says it is in region '" + hello.region() + "', and so is this agent");
        } else {
            peer = hello.region();
            decoder.accept(LinkConfig.MAX_FRAME_BYTES);
            ctx.executor().schedule(() -> confirmReceipt(ctx), RECEIPT.toNanos(), TimeUnit.NANOSECONDS);
            ctx.writeAndFlush(new Frame.Welcome(FrameCodec.VERSION, config.region(), LinkConfig.MAX_FRAME_BYTES));
            LOG.info(
                    "[{}] relay of {} connected from {}",
                    config.region(),
                    peer,
                    ctx.channel().remoteAddress());
        }
    }

    private void receive(ChannelHandlerContext ctx, Batch batch, String from) {
        if (!batch.originRegion().equals(from) || batch.originRegion().equals(config.region())) {
            refuse(ctx, "a batch from '" + batch.originRegion() + "' came by the relay of '" + from + "'");
            return;
        }
        long bytes = batch.bytes();
        if (!reserve(bytes)) {
            counters.busy.incrementAndGet();
            ctx.writeAndFlush(new Frame.Busy(batch.id(), RETRY_AFTER_MILLIS));
            return;
        }
        counters.batches.incrementAndGet();
        apply(batch).whenComplete((ack, failure) -> {
            counters.inFlightBytes.addAndGet(-bytes);
            answer(ctx, bytes, ack != null ? ack : BatchAck.all(batch, Outcome.RETRY));
        });
    }

    private CompletionStage<BatchAck> apply(Batch batch) {
        try {
            return handler.apply(batch);
        } catch (Throwable e) { // also an error: the batch must be answered, and its room given back
            LOG.error("[{}] applying {} failed", config.region(), batch, e);
            return CompletableFuture.failedFuture(e);
        }
    }

    /** A batch that is alone is taken whatever its size, which the longest frame bounds. */
    private boolean reserve(long bytes) {
        if (inFlightBytes > 0 && inFlightBytes + bytes > config.maxInFlightBytesPerConnection()) {
            return false;
        }
        long before = counters.inFlightBytes.getAndAdd(bytes);
        if (before > 0 && before + bytes > config.maxInFlightBytes()) {
            counters.inFlightBytes.addAndGet(-bytes);
            return false;
        }
        inFlightBytes += bytes;
        return true;
    }

    /** Comes from any thread. */
    private void answer(ChannelHandlerContext ctx, long bytes, BatchAck ack) {
        if (ctx.executor().inEventLoop()) {
            inFlightBytes -= bytes;
            ctx.writeAndFlush(ack);
        } else if (!ctx.executor().isShuttingDown()) {
            ctx.executor().execute(() -> answer(ctx, bytes, ack));
        }
    }

    private void refuse(ChannelHandlerContext ctx, String reason) {
        refused = true;
        counters.refused.incrementAndGet();
        LOG.warn("[{}] {} refused: {}", config.region(), ctx.channel().remoteAddress(), reason);
        ctx.writeAndFlush(new Frame.Refused(reason)).addListener(ChannelFutureListener.CLOSE);
    }

    private void closeWithoutHandshake(ChannelHandlerContext ctx) {
        if (peer == null && ctx.channel().isActive()) {
            refuse(ctx, "no handshake within " + config.handshakeTimeout().toMillis() + " ms");
        }
    }

    private void confirmReceipt(ChannelHandlerContext ctx) {
        if (!ctx.channel().isActive()) {
            return;
        }
        if (receivedBytes && !receivedFrame && lastPing != null) {
            ctx.writeAndFlush(new Frame.Pong(lastPing.nonce()));
        }
        receivedBytes = false;
        receivedFrame = false;
        ctx.executor().schedule(() -> confirmReceipt(ctx), RECEIPT.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void closeIfIdle(ChannelHandlerContext ctx) {
        if (!ctx.channel().isActive()) {
            return;
        }
        if (!heard) {
            LOG.warn(
                    "[{}] {} closed: nothing heard for {}",
                    config.region(),
                    ctx.channel().remoteAddress(),
                    config.idleTimeout());
            ctx.close();
            return;
        }
        heard = false;
        ctx.executor().schedule(() -> closeIfIdle(ctx), config.idleTimeout().toNanos(), TimeUnit.NANOSECONDS);
    }
}
