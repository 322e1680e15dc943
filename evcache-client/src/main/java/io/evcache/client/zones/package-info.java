/**
 * The last station of every read and write: which zones are asked, in what order, and what their answers add up to.
 *
 * <p>Read {@link io.evcache.client.zones.Zones} first. Reads are the subject of {@code LocalFirstReads}, one {@code ReadCall} each, and of {@code ConsistentReads}, which zones must agree on; writes of {@code AllZonesWrites}, one {@code
 * Tally} each; those that one zone decides of {@code DecidedWrites}. Calls are promises and receivers at once, so that a call costs one object whatever the number of zones, and nothing is chained on the happy path. Depends on the pipeline and on
 * core's zone, command, topology, key and value; knows neither keys as users write them nor codecs, and starts no thread.
 */
@NullMarked
package io.evcache.client.zones;

import org.jspecify.annotations.NullMarked;
