/** The first five lines with a cache. */
@NullMarked
package io.evcache.examples.quickstart;

import org.jspecify.annotations.NullMarked;
