/**
 * What stands between whoever says which zones exist and whoever uses them: a guard against losing most of them by mistake, and the operator's own word.
 *
 * <p>Read {@link io.evcache.core.topology.control.TopologyControl} first. Depends on {@code core.topology} only; places no key and opens no connection.
 */
@NullMarked
package io.evcache.core.topology.control;

import org.jspecify.annotations.NullMarked;
