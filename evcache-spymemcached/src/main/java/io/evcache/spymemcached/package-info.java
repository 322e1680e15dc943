/** Placeholder. */
@NullMarked
package io.evcache.spymemcached;

import org.jspecify.annotations.NullMarked;
