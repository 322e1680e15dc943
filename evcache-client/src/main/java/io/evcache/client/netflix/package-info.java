/**
 * What it takes to share data with Netflix's EVCache client where its keys are hashed or its values cut into chunks.
 *
 * <p>Read {@link io.evcache.client.netflix.HashedKeys} first: an interceptor that sends the hash of each key in the key's place, and wraps each value in the envelope in which that client keeps the whole key. Another, {@link io.evcache.client.netflix.ChunkedValues}, reads values in chunks. Depends on
 * the pipeline and on core's command, key and value; everything else of the layout that the clients share is core's value package and the ring dialect.
 */
@NullMarked
package io.evcache.client.netflix;

import org.jspecify.annotations.NullMarked;
