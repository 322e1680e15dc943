package io.evcache.core.transport.netty;

import io.evcache.core.time.WallClock;

/**
 * What all connections of one lane use, one after the other. A connection that had these for itself would find them cold, and thousands of connections would be as many times their size.
 *
 * @param sweeper expires their callers
 * @param encoder of what the event loop writes
 * @param buffers of what callers write
 * @param answers what was read and is not told yet
 */
record LaneParts(Sweeper sweeper, MetaEncoder encoder, WriteBuffers buffers, Answers answers) {

    /** Creates those of a lane with this sweeper; the clock is for times to live. */
    LaneParts(Sweeper sweeper, WallClock clock) {
        this(sweeper, new MetaEncoder(clock), new WriteBuffers(clock), new Answers());
    }
}
