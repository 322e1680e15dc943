/**
 * Failures: what prevented an answer. An expected answer (a miss, "not stored") is a reply, never an exception.
 *
 * <p>Read {@link io.evcache.core.error.EvCacheException} first. Depends on nothing and may be used by every package.
 */
@NullMarked
package io.evcache.core.error;

import org.jspecify.annotations.NullMarked;
