/**
 * The client as applications see it: connect, get a cache by name, read and write.
 *
 * <p>Read {@link io.evcache.client.EvCacheClient} first, then {@link io.evcache.client.EvCache}. What is here turns keys and values of users into reads and writes, sends them down the pipeline, and turns results
 * into what the edge promises: a read that fails open, a lookup that tells the truth, a write that says whether its policy was met. May use everything in core and the other packages of this module but {@code load} and {@code metrics}, which use it. How zones are asked is
 * the subject of {@code zones}; how a zone is reached, of core.
 */
@NullMarked
package io.evcache.client;

import org.jspecify.annotations.NullMarked;
