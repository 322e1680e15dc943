/**
 * Values as protocol buffers.
 *
 * <p>Read {@link io.evcache.core.value.protobuf.ProtobufCodec}, the only type. The only package that touches {@code com.google.protobuf:protobuf-java},
 * an optional dependency that an application with generated messages has anyway. Nothing else of ours refers to this package, so it is loaded only by
 * those who use it. Depends on {@code core.value}.
 */
@NullMarked
package io.evcache.core.value.protobuf;

import org.jspecify.annotations.NullMarked;
