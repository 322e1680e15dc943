/** Placeholder. */
@NullMarked
package io.evcache.replication;

import org.jspecify.annotations.NullMarked;
