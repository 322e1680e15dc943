package io.evcache.replication.link;

import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslHandler;
import java.time.Duration;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/** The first stage of an encrypted connection. Handshakes run on the event loop: a link connects seldom, and its time-outs are seconds. */
final class LinkTls {
    private LinkTls() {}

    /** Puts the stage into a new connection's pipeline. What is written before the handshake has ended leaves after it; when that takes too long, the connection is closed. */
    static void addTo(ChannelPipeline pipeline, SSLEngine engine, Duration handshakeTimeout) {
        SslHandler handler = new SslHandler(engine);
        handler.setHandshakeTimeoutMillis(handshakeTimeout.toMillis());
        pipeline.addFirst(handler);
    }

    /** Whether encryption is what failed. With TLS 1.3 an agent refuses a relay's certificate only after the relay has taken the handshake to be over. */
    static boolean isFailure(Throwable cause) {
        return cause instanceof DecoderException && cause.getCause() instanceof SSLException;
    }

    /** What went wrong, for people. */
    static String reason(Throwable failure) {
        Throwable cause = isFailure(failure) && failure.getCause() != null ? failure.getCause() : failure;
        return "TLS failed: " + (cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage());
    }
}
