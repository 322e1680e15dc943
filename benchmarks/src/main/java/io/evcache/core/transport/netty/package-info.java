/** Benchmarks of what only the transport itself can see; {@code io.evcache.benchmarks.micro} holds all others. */
@NullMarked
package io.evcache.core.transport.netty;

import org.jspecify.annotations.NullMarked;
