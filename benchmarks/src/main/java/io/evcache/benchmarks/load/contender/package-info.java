/**
 * One class per client that takes part in the load runs. Each is loaded by name in a JVM whose class path has that client's library and no other, so no class here may refer to another one.
 *
 * <p>Read {@link io.evcache.benchmarks.load.Contender} first. All clients get and give bytes as they are: neither serialisation nor compression is measured.
 */
@NullMarked
package io.evcache.benchmarks.load.contender;

import org.jspecify.annotations.NullMarked;
