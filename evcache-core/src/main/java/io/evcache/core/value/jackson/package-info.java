/**
 * Values as JSON or Smile, by Jackson.
 *
 * <p>Read {@link io.evcache.core.value.jackson.JacksonCodec}, the only public type. The only package that touches Jackson 2, an optional dependency:
 * {@code com.fasterxml.jackson.core:jackson-databind}, and for Smile {@code com.fasterxml.jackson.dataformat:jackson-dataformat-smile}. Nothing else
 * of ours refers to this package, so it is loaded only by those who use it. Depends on {@code core.value}.
 */
@NullMarked
package io.evcache.core.value.jackson;

import org.jspecify.annotations.NullMarked;
