/** Placeholder. */
@NullMarked
package io.evcache.client;

import org.jspecify.annotations.NullMarked;
