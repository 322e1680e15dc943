/**
 * What can be asked of one copy of the data, and who can answer.
 *
 * <p>Read {@link io.evcache.core.command.Route} first. A {@link io.evcache.core.command.Command} is plain data: it holds no future and no encoded
 * bytes, so it can be sent to three zones, repeated, recorded or printed. Its {@link io.evcache.core.command.Reply} is a value too: a miss is a
 * reply. What prevented an answer arrives as an {@link io.evcache.core.error.EvCacheException} in the
 * {@link io.evcache.core.command.Pending}. Depends on key and value; knows nothing of sockets, nodes or zones.
 */
@NullMarked
package io.evcache.core.command;

import org.jspecify.annotations.NullMarked;
