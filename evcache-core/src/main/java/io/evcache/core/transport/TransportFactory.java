package io.evcache.core.transport;

/** Starts a transport for one client. {@code NettyTransport::start} is one. */
@FunctionalInterface
public interface TransportFactory {

    /**
     * Returns a running transport that works within these bounds; the client that asked for it closes it. Called once, on the thread that builds the client; what it throws is what that caller gets.
     */
    Transport start(TransportConfig config);
}
