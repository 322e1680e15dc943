/**
 * Which node of one zone is the home of a key.
 *
 * <p>Read {@link io.evcache.core.ring.Ring} first, then {@link io.evcache.core.ring.KetamaRing}. A ring is a function of its
 * members and never of their health: a key has one home per zone, so that nothing stale is found at a neighbour later.
 *
 * <p>Depends on {@code core.key} only; nodes are whatever the caller calls a node. It resolves no host names.
 * Every change to where points fall is a loss of data for somebody's cache: the vectors in the tests do not change.
 */
@NullMarked
package io.evcache.core.ring;

import org.jspecify.annotations.NullMarked;
