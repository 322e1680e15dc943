/**
 * Zstandard, for {@link io.evcache.core.value.Compression}, which is the type to read and to use.
 *
 * <p>The only package that touches {@code com.github.luben:zstd-jni}, an optional dependency with a native library inside. Nothing here is
 * loaded before a value is to be compressed or has arrived compressed with zstd. Depends on nothing else of ours but the failures: it turns
 * bytes into bytes and knows neither flags nor thresholds.
 */
@NullMarked
package io.evcache.core.value.zstd;

import org.jspecify.annotations.NullMarked;
