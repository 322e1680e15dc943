/**
 * Encryption of connections, described once for every library that opens or accepts them.
 *
 * <p>Read {@link io.evcache.core.tls.Tls} first; {@link io.evcache.core.tls.ServerTls} is its counterpart where connections are accepted. Both hold a JDK
 * {@code SSLContext} and make {@code SSLEngine}s of it, so that no other library is needed. May depend on nothing but errors; does no network I/O and knows
 * no protocol.
 */
@NullMarked
package io.evcache.core.tls;

import org.jspecify.annotations.NullMarked;
