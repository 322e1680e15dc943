/**
 * Clocks and what is made of them. The only package that reads the machine's clocks, so that every other one can be tested with a moved clock.
 *
 * <p>Read {@link io.evcache.core.time.Deadline} first. Depends on nothing and may be used by every package. It starts no thread and
 * schedules nothing.
 */
@NullMarked
package io.evcache.core.time;

import org.jspecify.annotations.NullMarked;
