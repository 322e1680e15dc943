/**
 * How commands reach one memcached server: the seam behind which protocols and I/O libraries live.
 *
 * <p>Read {@link io.evcache.core.transport.Transport} first. An implementation turns commands into bytes and bytes into replies, and keeps
 * the pairing of both beyond doubt; it does not choose nodes, retry, reconnect or know about zones. May depend on command and topology. The
 * Netty implementation on the meta protocol is in {@code transport.netty}; another, on spymemcached, is a module of its own.
 */
@NullMarked
package io.evcache.core.transport;

import org.jspecify.annotations.NullMarked;
