/**
 * The load harness: this client beside its peers, interleaved in one run, against real memcached on the loopback address.
 *
 * <p>Read {@link io.evcache.benchmarks.load.LoadRun} first: it starts the servers and one JVM per contender (a {@code Worker}), warms all, runs contender after
 * contender for every scenario, repeats the rounds, and writes tables and charts into the documentation. A contender is one class in {@code contender} and one line in {@code Entry}.
 * Every reply is compared with what was stored; one wrong byte fails the run. Depends on anything; nothing depends on it.
 */
@NullMarked
package io.evcache.benchmarks.load;

import org.jspecify.annotations.NullMarked;
