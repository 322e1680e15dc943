/**
 * Servers and faults for tests, without Docker: for the users of this project as much as for itself.
 *
 * <p>Read {@link io.evcache.testkit.EmbeddedZones} first: zones of in-JVM memcached servers that can be stopped, hung and
 * looked into. {@link io.evcache.testkit.EmbeddedMemcached} is one such server, {@link io.evcache.testkit.TestClock} moves
 * its time, and the classes named {@code …Extension} tie both to the life of a JUnit test class.
 *
 * <p>Depends on Netty; JUnit's API, Kafka's broker and Testcontainers are optional and needed only by the classes that
 * name them. Depends on no other module of this project, so that every one of them can use it in its tests, and so that
 * the server's reading of the protocol stays a second opinion.
 */
@NullMarked
package io.evcache.testkit;

import org.jspecify.annotations.NullMarked;
