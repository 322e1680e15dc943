/**
 * What names an item in memcached: the exact bytes that go over the wire.
 *
 * <p>Read {@link io.evcache.core.key.Key} first. {@link io.evcache.core.key.KeyScheme} turns what an application
 * calls a key into one.
 *
 * <p>Validation happens here, on bytes, once, and cannot be switched off: a {@code Key} that exists is safe to
 * put into a protocol line. Depends on {@code core.error} only. It knows nothing of rings, nodes or commands, and
 * it does not hash keys on behalf of anybody but the ring.
 */
@NullMarked
package io.evcache.core.key;

import org.jspecify.annotations.NullMarked;
