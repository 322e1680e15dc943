package io.evcache.replication.link;

import static java.util.Objects.requireNonNull;

import io.evcache.core.time.Ticker;
import io.evcache.replication.link.LinkFailure.Reason;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The relay's end of a link: one connection that is kept, and re-established with full-jitter back-off for as long as this is open.
 *
 * <p>Batches beyond the window wait, in order. When the connection ends, everything that waits or has no answer fails at once: after an outage the relay
 * reads the values again, instead of this sending what was current before it. One daemon thread.
 *
 * <p>A connection ends with a reset, also when this process is killed: what the kernel has not delivered by then never arrives. Otherwise it would go on sending once
 * the network is back, and older values would follow the newer ones of the next connection. What has reached the agent's machine can still be applied.
 */
public final class LinkClient implements Link {
    private static final Logger LOG = LoggerFactory.getLogger(LinkClient.class);
    private static final long CLOSE_SECONDS = 5;

    private final LinkConfig config;
    private final Ticker ticker;
    private final MultiThreadIoEventLoopGroup group;
    private final EventLoop loop;
    private final AtomicLong queuedBytes = new AtomicLong();
    private final AtomicLong connects = new AtomicLong();
    private volatile boolean closed;
    private volatile @Nullable Ready ready;
    private volatile Runnable listener = () -> {};
    private volatile String lastRefusal = "";
    /** Confined to the event loop. */
    private int attempt;
    /** Confined to the event loop. */
    private @Nullable Channel channel;

    private record Ready(ClientSession session, ChannelHandlerContext context) {}

    private LinkClient(LinkConfig config, Ticker ticker) {
        this.config = requireNonNull(config, "config");
        this.ticker = requireNonNull(ticker, "ticker");
        this.group = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("evcache-link", true), NioIoHandler.newFactory());
        this.loop = group.next();
    }

    /** Returns a link that begins to connect. */
    public static LinkClient open(LinkConfig config) {
        return open(config, Ticker.system());
    }

    /** Returns a link that measures its time by this ticker. */
    public static LinkClient open(LinkConfig config, Ticker ticker) {
        LinkClient client = new LinkClient(config, ticker);
        client.loop.execute(client::connect);
        return client;
    }

    @Override
    public boolean isReady() {
        return ready != null;
    }

    @Override
    public void onReady(Runnable newListener) {
        listener = requireNonNull(newListener, "newListener");
        if (isReady()) {
            newListener.run();
        }
    }

    @Override
    public CompletableFuture<BatchAck> send(List<BatchEntry> entries, long readAtNanos) {
        int bytes = Batch.bytes(entries);
        if (entries.isEmpty() || bytes > maxBatchBytes()) {
            throw new IllegalArgumentException("a batch has 1 entry or more and at most " + maxBatchBytes()
                    + " bytes, has " + entries.size() + " entries and " + bytes + " bytes");
        }
        CompletableFuture<BatchAck> answer = new CompletableFuture<>();
        if (queuedBytes.addAndGet(bytes) > config.queueBytes() + config.windowBytes()) {
            queuedBytes.addAndGet(-bytes);
            return CompletableFuture.failedFuture(new LinkFailure(
                    Reason.OVERLOADED, config.queueBytes() + " bytes wait for " + config.remoteRegion()));
        }
        answer.whenComplete((ack, failure) -> queuedBytes.addAndGet(-bytes));
        ClientSession.Outgoing outgoing = new ClientSession.Outgoing(entries, bytes, readAtNanos, 0, answer);
        try {
            loop.execute(() -> send(outgoing));
        } catch (RejectedExecutionException e) {
            answer.completeExceptionally(closedFailure());
        }
        return answer;
    }

    private void send(ClientSession.Outgoing outgoing) {
        Ready now = ready;
        if (now != null) {
            now.session().send(now.context(), outgoing);
        } else if (closed) {
            outgoing.answer().completeExceptionally(closedFailure());
        } else {
            outgoing.answer()
                    .completeExceptionally(
                            new LinkFailure(Reason.NOT_CONNECTED, "no connection to " + config.remoteRegion()));
        }
    }

    @Override
    public int maxBatchBytes() {
        return LinkConfig.MAX_FRAME_BYTES - FrameCodec.HANDSHAKE_BYTES;
    }

    /** Returns how often the handshake has succeeded. */
    public long connects() {
        return connects.get();
    }

    /** Returns the bytes that wait or have no answer yet. */
    public long queuedBytes() {
        return queuedBytes.get();
    }

    /** Returns why the last handshake that failed did so; empty if none has. */
    public String lastRefusal() {
        return lastRefusal;
    }

    @Override
    public void close() {
        closed = true;
        try {
            loop.execute(this::closeChannel);
        } catch (RejectedExecutionException e) {
            return; // closed before
        }
        group.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS)
                .awaitUninterruptibly(CLOSE_SECONDS, TimeUnit.SECONDS);
    }

    private void closeChannel() {
        if (channel != null) {
            channel.close();
        }
    }

    private void connect() {
        if (closed) {
            return;
        }
        Bootstrap bootstrap = new Bootstrap()
                .group(loop)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                // A reset: see above. Nothing is lost by it, since all that has no acknowledgement is sent again.
                .option(ChannelOption.SO_LINGER, 0)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int)
                        config.connectTimeout().toMillis())
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel fresh) {
                        FrameDecoder decoder = new FrameDecoder(() -> {});
                        ClientSession session = new ClientSession(
                                config, ticker, decoder, LinkClient.this::becameReady, LinkClient.this::refused);
                        fresh.pipeline().addLast(decoder, new FrameEncoder(), session);
                        config.tls()
                                .ifPresent(tls -> LinkTls.addTo(
                                        fresh.pipeline(), tls.engine(config.host()), config.connectTimeout()));
                    }
                });
        bootstrap.connect(new InetSocketAddress(config.host(), config.port())).addListener(connected -> {
            ChannelFuture future = (ChannelFuture) connected;
            if (future.isSuccess()) {
                channel = future.channel();
                future.channel().closeFuture().addListener(end -> ended());
                if (closed) {
                    closeChannel();
                }
            } else {
                LOG.debug("[{}] no connection", this, future.cause());
                reconnect();
            }
        });
    }

    private void becameReady(ClientSession session) {
        ChannelHandlerContext context =
                requireNonNull(channel, "channel").pipeline().context(session);
        attempt = 0;
        connects.incrementAndGet();
        ready = new Ready(session, context);
        LOG.info("[{}] connected", this);
        listener.run();
    }

    private void refused(String reason) {
        lastRefusal = reason;
        LOG.warn("[{}] {}", this, reason);
    }

    private void ended() {
        if (ready != null) {
            LOG.info("[{}] connection ended", this);
        }
        ready = null;
        channel = null;
        reconnect();
    }

    private void reconnect() {
        if (!closed) {
            long nanos = config.reconnect()
                    .delay(attempt++, ThreadLocalRandom.current())
                    .toNanos();
            loop.schedule(this::connect, nanos, TimeUnit.NANOSECONDS);
        }
    }

    private LinkFailure closedFailure() {
        return new LinkFailure(Reason.CLOSED, "the link to " + config.remoteRegion() + " is closed");
    }

    @Override
    public String toString() {
        return "Link(" + config.ownRegion() + " to " + config.remoteRegion() + " at " + config.host() + ":"
                + config.port() + ")";
    }
}
