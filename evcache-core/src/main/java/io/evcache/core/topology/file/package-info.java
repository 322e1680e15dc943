/**
 * A topology that is written in a file.
 *
 * <p>The one type is {@link io.evcache.core.topology.file.FileTopology}. Depends on {@code core.topology} only. It reads; it never writes or locks the file.
 */
@NullMarked
package io.evcache.core.topology.file;

import org.jspecify.annotations.NullMarked;
