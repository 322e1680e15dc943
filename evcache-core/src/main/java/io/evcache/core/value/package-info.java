/**
 * What is stored under a key: bytes and 32 bits of flags, how objects become that, and how long it lives.
 *
 * <p>Read {@link io.evcache.core.value.EncodedValue} first, then {@link io.evcache.core.value.Codec}. The built-in codecs
 * write what EVCache's and spymemcached's transcoders write, so that caches can be shared with them and migrated warm;
 * {@link io.evcache.core.value.ValueFlags} is the only place that gives flag bits a meaning.
 *
 * <p>Depends on {@code core.error} and {@code core.time} only. It never deserialises Java objects: what the server returns
 * selects among codecs that the application registered, never a class.
 */
@NullMarked
package io.evcache.core.value;

import org.jspecify.annotations.NullMarked;
