/** Placeholder. */
@NullMarked
package io.evcache.testkit;

import org.jspecify.annotations.NullMarked;
