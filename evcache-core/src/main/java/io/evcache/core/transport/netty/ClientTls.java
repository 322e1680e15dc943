package io.evcache.core.transport.netty;

import io.evcache.core.tls.Tls;
import io.evcache.core.topology.NodeAddress;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandler;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The encryption of one transport's connections.
 *
 * <p>The arithmetic of handshakes, milliseconds each, runs on threads of its own, as many as there are lanes, which end when nobody connects: on an event loop it would hold up the calls
 * to all other nodes of the lane, and a trust manager that asks for revocations would do so for as long as that takes.
 */
final class ClientTls implements AutoCloseable {
    private static final int IDLE_SECONDS = 5;

    /** A peer that does not read cannot be told of the end, and the socket is not kept open for trying. */
    private static final long FAREWELL_MILLIS = 500;

    private final Tls tls;
    private final ThreadPoolExecutor handshakes;

    ClientTls(Tls tls, int threads) {
        this.tls = tls;
        AtomicInteger count = new AtomicInteger();
        this.handshakes = new ThreadPoolExecutor(
                threads, threads, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, "evcache-tls-" + count.getAndIncrement());
                    thread.setDaemon(true);
                    return thread;
                });
        handshakes.allowCoreThreadTimeOut(true);
    }

    /** Encrypts a new connection to the node, which must prove to be the host that was configured, whatever the address. */
    void encrypt(ChannelPipeline pipeline, NodeAddress node) {
        SslHandler handler = new SslHandler(tls.engine(node.host()), handshakes);
        handler.setHandshakeTimeoutMillis(0); // the connect timeout counts from an earlier moment
        handler.setCloseNotifyFlushTimeoutMillis(FAREWELL_MILLIS);
        handler.setWrapDataSize(0); // as written: a batch begins a record
        pipeline.addLast(handler, LastRecord.SHARED);
    }

    /** Whether the connection is to be encrypted and is not yet. */
    static boolean isShakingHands(ChannelPipeline pipeline) {
        SslHandler handler = pipeline.get(SslHandler.class);
        return handler != null && !handler.handshakeFuture().isDone();
    }

    /** What went wrong, from what Netty wrapped around it. */
    static String reason(Throwable failure) {
        Throwable cause =
                failure instanceof DecoderException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof NotSslRecordException) {
            return "the server answered in plaintext";
        }
        String message = cause.getMessage();
        return message == null ? cause.getClass().getSimpleName() : message;
    }

    @Override
    public void close() {
        handshakes.shutdownNow();
    }
}
