/**
 * The default transport: memcached's meta protocol on Netty.
 *
 * <p>Read {@link io.evcache.core.transport.netty.NettyTransport} first; it is the only public type. One command's way: {@code NettyConnection.send}
 * queues a {@code Call} in the {@code WriteCoalescer}; the event loop takes over whatever has gathered ({@code Backlog}), encodes it into one buffer ({@code BatchWriter}, {@code MetaEncoder}), flushes once and moves the
 * calls to the {@code InFlightQueue}; {@code MetaDecoder} parses replies in place, and the oldest call takes each one after its opaque token was compared; {@code Answers} tells the callers once all of a read is decoded. Everything
 * behind the queue is confined to the connection's event loop, the {@code LaneLoop}, which callers run themselves while each is alone ({@code Lending}). Does not choose nodes, retry or reconnect.
 */
@NullMarked
package io.evcache.core.transport.netty;

import org.jspecify.annotations.NullMarked;
