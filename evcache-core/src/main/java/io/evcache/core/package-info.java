/** Placeholder. */
@NullMarked
package io.evcache.core;

import org.jspecify.annotations.NullMarked;
