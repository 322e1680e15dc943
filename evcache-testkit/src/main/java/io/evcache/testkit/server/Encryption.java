package io.evcache.testkit.server;

import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.SslHandler;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;

/** What is put around the protocol on each connection. */
@FunctionalInterface
public interface Encryption {

    /** Adds its stage, if it has one, to the end of a new connection's pipeline. */
    void addTo(ChannelPipeline pipeline);

    /** Plaintext. */
    static Encryption none() {
        return pipeline -> {};
    }

    /**
     * TLS.
     *
     * @param mutual whether a client must show a certificate that the context trusts
     */
    static Encryption of(SSLContext context, boolean mutual) {
        return pipeline -> {
            SSLEngine engine = context.createSSLEngine();
            engine.setUseClientMode(false);
            engine.setNeedClientAuth(mutual);
            pipeline.addLast(new SslHandler(engine));
        };
    }
}
