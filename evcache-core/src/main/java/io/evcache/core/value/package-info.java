/**
 * What is stored under a key: bytes and 32 bits of flags, how objects become that, and how long it lives.
 *
 * <p>Read {@link io.evcache.core.value.EncodedValue} first, then {@link io.evcache.core.value.Codec}. The built-in codecs
 * write what EVCache's and spymemcached's transcoders write, so that caches can be shared with them and migrated warm;
 * {@link io.evcache.core.value.ValueFlags} is the only place that gives flag bits a meaning.
 *
 * <p>Depends on {@code core.error}, {@code core.time} and, for one compression format, {@code core.value.zstd}. What the server returns selects among
 * codecs that the application registered, never a class: Java objects are deserialised only from the list that the application gives to
 * {@link io.evcache.core.value.StandardCodec}. Codecs that need a library live in a package below, one for each.
 */
@NullMarked
package io.evcache.core.value;

import org.jspecify.annotations.NullMarked;
