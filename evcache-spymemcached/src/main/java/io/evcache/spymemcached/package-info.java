/**
 * A second transport, on spymemcached and the classic text protocol, for servers and proxies without the meta protocol.
 *
 * <p>Read {@link io.evcache.spymemcached.SpymemcachedTransport} first; beside it only {@code TranscoderCodec} is public. May depend on core and spymemcached. It sends commands to one server and
 * pairs nothing itself; it does not route, retry, reconnect or use spymemcached's own ring, codecs and failure modes.
 */
@NullMarked
package io.evcache.spymemcached;

import org.jspecify.annotations.NullMarked;
