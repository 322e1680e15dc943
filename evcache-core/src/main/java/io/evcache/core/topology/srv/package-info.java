/**
 * A topology whose nodes are SRV records, one name per zone.
 *
 * <p>The one type is {@link io.evcache.core.topology.srv.SrvTopology}. Depends on {@code core.topology} and its {@code dns}.
 */
@NullMarked
package io.evcache.core.topology.srv;

import org.jspecify.annotations.NullMarked;
