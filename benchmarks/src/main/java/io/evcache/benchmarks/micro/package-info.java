/**
 * JMH benchmarks of single steps: a key, a ring, a value, one get over a socket, a near hit, the calls of the whole client. Run with {@code benchmarks/jmh [pattern]}; the load harness beside the peers is in
 * {@code io.evcache.benchmarks.load}.
 */
@NullMarked
package io.evcache.benchmarks.micro;

import org.jspecify.annotations.NullMarked;
