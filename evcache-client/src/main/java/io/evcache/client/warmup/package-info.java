/**
 * Fills a zone that serves no reads yet with what another zone holds.
 *
 * <p>Read {@link io.evcache.client.warmup.ZoneWarmUp} first: what to copy, how fast, and until when; {@link io.evcache.client.warmup.WarmUp} is the copying under way. Items are copied as they lie on the
 * servers, from the node that owns a key in one zone to the node that owns it in the other, past pipeline, observers and interceptors, and past whatever puts large values together: their parts are items, too. It does not
 * change the mode of a zone; that is for whoever knows all clients.
 */
@NullMarked
package io.evcache.client.warmup;

import org.jspecify.annotations.NullMarked;
