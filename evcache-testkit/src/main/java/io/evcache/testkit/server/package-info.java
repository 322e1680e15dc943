/**
 * The memcached server behind {@link io.evcache.testkit.EmbeddedMemcached}: the text protocol, classic and meta.
 *
 * <p>Read {@code Conversation} first: it is one connection's state machine from bytes to replies. A request line is
 * split by {@code CommandLine}, answered by one of the {@code Meta…} or {@code Classic…} classes, and kept in
 * {@code ItemStore}, which knows nothing of the network. {@code MemcachedListener} is the only class that knows about
 * channels and event loops.
 *
 * <p>Answers follow what memcached 1.6.18 and 1.6.38 were seen to answer, oddities included. Depends on Netty and the
 * JDK only. Deliberately absent: the binary protocol, UDP, TLS, authentication, slabs and their statistics, the
 * segmented LRU (eviction here is one strict least-recently-used list), and memory use that resembles the real one.
 */
@NullMarked
package io.evcache.testkit.server;

import org.jspecify.annotations.NullMarked;
