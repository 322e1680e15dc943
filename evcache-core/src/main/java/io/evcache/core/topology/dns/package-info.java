/**
 * A topology whose nodes are the addresses of names, one name per zone, and the way to ask a name server.
 *
 * <p>Read {@link io.evcache.core.topology.dns.DnsTopology} first. {@link io.evcache.core.topology.dns.NameServer} is the JDK's own DNS client, so that nothing is added to the class path.
 * Depends on {@code core.topology} only.
 */
@NullMarked
package io.evcache.core.topology.dns;

import org.jspecify.annotations.NullMarked;
