package io.evcache.core.ring;

import io.evcache.core.key.Key;
import java.util.List;

/**
 * Gives every key its home among the nodes of one zone. Immutable, for any thread.
 *
 * @param <N> what the caller calls a node
 */
public interface Ring<N> {

    /** The home of the key: always the same for the same key and members. Allocates nothing. */
    N nodeFor(Key key);

    /** The point that the key belongs to, an unsigned 32-bit number. For people and tools: hashes the key, if that has not been done. */
    long pointFor(Key key);

    /** All members, in the order given; at least one. */
    List<N> nodes();
}
