/**
 * The two verbs that cross zones, {@code read} and {@code write}, and what stands around them.
 *
 * <p>Read {@link io.evcache.client.pipeline.Interceptor} first. A {@link io.evcache.client.pipeline.Read} or {@link io.evcache.client.pipeline.Write} passes the
 * interceptors in list order; the last station is the zones. Above the zone the results differ from a command's reply (which zone answered; what every zone said), which is
 * why these are not routes. Replication plugs in here as one interceptor. Depends on core's command and topology packages; does not know how zones are chosen.
 */
@NullMarked
package io.evcache.client.pipeline;

import org.jspecify.annotations.NullMarked;
