/**
 * Persistent TCP between a relay and the agent of another region: batches one way, acknowledgements per entry the other.
 *
 * <p>Read {@link io.evcache.replication.link.Link} first, then {@link io.evcache.replication.link.FrameCodec} for the bytes. {@link
 * io.evcache.replication.link.LinkClient} and {@link io.evcache.replication.link.LinkServer} are the two ends. The only package of replication that uses Netty;
 * depends on mutations for their operations and on core's encoded values.
 *
 * <p><b>Without TLS it is plaintext without authentication, for trusted networks only</b>, such as a private peering or a VPN between regions. Values
 * are not decoded, not compressed and not kept: whatever is not acknowledged when a connection ends is the sender's to send again.
 */
@NullMarked
package io.evcache.replication.link;

import org.jspecify.annotations.NullMarked;
