package io.evcache.core.topology;

import java.util.function.Consumer;

/** Something that can be asked what exists. Called by one thread at a time, which it may block for a few seconds. */
@FunctionalInterface
public interface TopologySource {

    /**
     * Returns what exists now.
     *
     * @param partly is told what could not be read, if the rest makes a topology all the same
     * @throws Exception if there is no answer; the last topology holds on then
     */
    Topology read(Consumer<? super Exception> partly) throws Exception;
}
