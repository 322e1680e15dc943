/** Interceptors to copy and change: a limit on calls in flight, shadow traffic to another cluster, and a log of slow calls. Each is tested, and depends on the client only. */
@NullMarked
package io.evcache.examples.interceptors;

import org.jspecify.annotations.NullMarked;
