/**
 * What monitoring systems are told, through Micrometer: meters of calls, zones and nodes, and one observation per call for tracing.
 *
 * <p>Read {@link io.evcache.client.metrics.MicrometerMetrics} first; {@link io.evcache.client.metrics.ObservedCalls} is for tracing. All meters and tags are defined in {@code Meters} and {@code Label}, from
 * which the reference page is written. Micrometer is optional: nothing else in this module refers to this package, so that a client without it never loads a class of it. Depends on the client, its pipeline, near caches, loads and migration, and core's commands,
 * values and zones; keeps no counts of its own.
 */
@NullMarked
package io.evcache.client.metrics;

import org.jspecify.annotations.NullMarked;
