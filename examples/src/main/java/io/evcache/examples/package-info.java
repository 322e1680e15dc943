/** Programs to run and to copy from; {@code examples/run NAME} builds and runs each. The fragments in the documentation are cut out of them. */
@NullMarked
package io.evcache.examples;

import org.jspecify.annotations.NullMarked;
