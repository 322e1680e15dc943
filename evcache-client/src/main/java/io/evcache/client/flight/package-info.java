/**
 * One run per key, shared by everybody who asks for the key meanwhile.
 *
 * <p>Read {@link io.evcache.client.flight.SingleFlight} first. It knows neither caches nor loaders: who leads a flight does the work, on whatever thread, and tells the flight how it ended. Apart from {@code load},
 * because {@code EvCache.getOrLoad} needs it, too. Depends on core's command package for the threads that must not block.
 */
@NullMarked
package io.evcache.client.flight;

import org.jspecify.annotations.NullMarked;
