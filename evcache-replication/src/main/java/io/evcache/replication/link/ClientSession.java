package io.evcache.replication.link;

import io.evcache.core.time.Ticker;
import io.evcache.replication.link.LinkFailure.Reason;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The client's end of one connection: handshake, window, heartbeats. Confined to the event loop. */
final class ClientSession extends SimpleChannelInboundHandler<Frame> {
    private static final Logger LOG = LoggerFactory.getLogger(ClientSession.class);

    /** Batches that wait, and those that left and have no answer, by id and in the order in which they left. */
    private final Deque<Outgoing> waiting = new ArrayDeque<>();

    private final Map<Long, Outgoing> unacked = new LinkedHashMap<>();
    private final LinkConfig config;
    private final Ticker ticker;
    private final FrameDecoder decoder;
    private final Consumer<ClientSession> onReady;
    private final Consumer<String> onRefused;

    private long unackedBytes;
    private long nextId = 1;
    private boolean ready;
    private int silentHeartbeats;
    /** When the newest ping left that has been answered. All that left before it has arrived. */
    private long answeredPing;

    private long halfRoundTripMillis;

    ClientSession(
            LinkConfig config,
            Ticker ticker,
            FrameDecoder decoder,
            Consumer<ClientSession> onReady,
            Consumer<String> onRefused) {
        super(Frame.class);
        this.config = config;
        this.ticker = ticker;
        this.decoder = decoder;
        this.onReady = onReady;
        this.onRefused = onRefused;
    }

    /** One batch on its way; the future is the caller's. */
    record Outgoing(List<BatchEntry> entries, int bytes, long readAt, long sentAt, CompletableFuture<BatchAck> answer) {

        Outgoing sentAt(long nanos) {
            return new Outgoing(entries, bytes, readAt, nanos, answer);
        }
    }

    void send(ChannelHandlerContext ctx, Outgoing outgoing) {
        waiting.add(outgoing);
        fillWindow(ctx);
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        ctx.writeAndFlush(new Frame.Hello(FrameCodec.VERSION, FrameCodec.VERSION, config.ownRegion()));
        ctx.executor()
                .schedule(() -> closeUnlessReady(ctx), config.connectTimeout().toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, Frame frame) {
        silentHeartbeats = 0;
        if (frame instanceof Frame.Welcome welcome) {
            welcomed(ctx, welcome);
        } else if (frame instanceof Frame.Refused refused) {
            refuse(ctx, "refused: " + refused.reason());
        } else if (!ready) {
            refuse(ctx, "the agent said something before it welcomed");
        } else if (frame instanceof BatchAck ack) {
            acknowledged(ctx, ack);
        } else if (frame instanceof Frame.Busy busy) {
            busy(ctx, busy);
        } else if (frame instanceof Frame.Pong pong) {
            answered(pong);
        } else {
            refuse(ctx, "the agent said what only a relay says");
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        ready = false;
        failAll(new LinkFailure(Reason.CONNECTION_LOST, "connection to " + target() + " ended"));
        ctx.fireChannelInactive();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslHandshakeCompletionEvent handshake && !handshake.isSuccess()) {
            refuse(ctx, LinkTls.reason(handshake.cause()));
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        LOG.debug("[{}] connection failed", target(), cause);
        if (LinkTls.isFailure(cause) && !ready) {
            refuse(ctx, LinkTls.reason(cause));
        }
        ctx.close();
    }

    private void welcomed(ChannelHandlerContext ctx, Frame.Welcome welcome) {
        if (ready || welcome.version() != FrameCodec.VERSION) {
            refuse(ctx, "the agent wants to speak version " + welcome.version());
        } else if (!welcome.region().equals(config.remoteRegion())) {
            refuse(ctx, "the agent is in region '" + welcome.region() + "', not '" + config.remoteRegion() + "'");
        } else if (welcome.maxFrameBytes() < LinkConfig.MAX_FRAME_BYTES) {
            refuse(ctx, "the agent takes frames of " + welcome.maxFrameBytes() + " bytes only");
        } else {
            ready = true;
            answeredPing = ticker.nanos() - 1;
            decoder.accept(LinkConfig.MAX_FRAME_BYTES);
            long period = config.heartbeat().toNanos();
            ctx.executor().schedule(() -> heartbeat(ctx), period, TimeUnit.NANOSECONDS);
            ctx.writeAndFlush(new Frame.Ping(ticker.nanos()));
            onReady.accept(this);
        }
    }

    private void refuse(ChannelHandlerContext ctx, String reason) {
        onRefused.accept(reason);
        ctx.close();
    }

    private void closeUnlessReady(ChannelHandlerContext ctx) {
        if (!ready && ctx.channel().isActive()) {
            refuse(ctx, "no handshake within " + config.connectTimeout().toMillis() + " ms");
        }
    }

    private void heartbeat(ChannelHandlerContext ctx) {
        if (!ctx.channel().isActive()) {
            return;
        }
        silentHeartbeats++;
        if (silentHeartbeats > LinkConfig.MISSED_HEARTBEATS) {
            LOG.warn("[{}] closed: no sign of life for {} heartbeats", target(), LinkConfig.MISSED_HEARTBEATS);
            ctx.close();
        } else if (isOverdue()) {
            LOG.warn("[{}] closed: a batch has no answer after {}", target(), config.answerTimeout());
            ctx.close();
        } else {
            ctx.writeAndFlush(new Frame.Ping(ticker.nanos()));
            ctx.executor().schedule(() -> heartbeat(ctx), config.heartbeat().toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    /** A nonce that comes again answers no ping: it says that a long batch is arriving, behind which the later pings wait. */
    private void answered(Frame.Pong pong) {
        if (pong.nonce() - answeredPing > 0) {
            answeredPing = pong.nonce();
            halfRoundTripMillis = TimeUnit.NANOSECONDS.toMillis(ticker.nanos() - pong.nonce()) / 2;
        }
    }

    /** A slow network is no reason: what counts is how long the agent has had the batch. */
    private boolean isOverdue() {
        return unacked.values().stream()
                .limit(1) // the oldest
                .anyMatch(oldest ->
                        answeredPing - oldest.sentAt() > config.answerTimeout().toNanos());
    }

    private void fillWindow(ChannelHandlerContext ctx) {
        boolean wrote = false;
        while (ready && hasRoomForNext()) {
            Outgoing next = waiting.remove();
            long id = nextId++;
            long now = ticker.nanos();
            unacked.put(id, next.sentAt(now));
            unackedBytes += next.bytes();
            long held = TimeUnit.NANOSECONDS.toMillis(Math.max(0, now - next.readAt())) + halfRoundTripMillis;
            ctx.write(new Batch(id, config.ownRegion(), held, next.entries()));
            wrote = true;
        }
        if (wrote) {
            ctx.flush();
        }
    }

    private boolean hasRoomForNext() {
        Outgoing next = waiting.peek();
        return next != null
                && unacked.size() < config.windowBatches()
                && (unacked.isEmpty() || unackedBytes + next.bytes() <= config.windowBytes());
    }

    private void acknowledged(ChannelHandlerContext ctx, BatchAck ack) {
        Outgoing sent = unacked.get(ack.id());
        if (sent == null || sent.entries().size() != ack.outcomes().size()) {
            refuse(ctx, "the agent acknowledged what it was not sent");
            return;
        }
        forget(ack.id(), sent);
        fillWindow(ctx);
        sent.answer().complete(ack);
    }

    private void busy(ChannelHandlerContext ctx, Frame.Busy busy) {
        Outgoing sent = unacked.get(busy.batchId());
        if (sent == null) {
            refuse(ctx, "the agent is too busy for what it was not sent");
            return;
        }
        forget(busy.batchId(), sent);
        fillWindow(ctx);
        sent.answer().completeExceptionally(new LinkFailure(Reason.BUSY, target() + " has no room for a batch"));
    }

    private void forget(long id, Outgoing sent) {
        unacked.remove(id);
        unackedBytes -= sent.bytes();
    }

    private void failAll(LinkFailure failure) {
        List<Outgoing> all = new ArrayList<>(unacked.values());
        all.addAll(waiting);
        unacked.clear();
        waiting.clear();
        unackedBytes = 0;
        all.forEach(outgoing -> outgoing.answer().completeExceptionally(failure));
    }

    private String target() {
        return config.remoteRegion();
    }
}
