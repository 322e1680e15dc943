package io.evcache.client.pipeline;

import io.evcache.core.error.EvCacheException;

/**
 * Is told how calls end, for metrics and logs. Exactly one of the first three methods per call, on an event loop or the calling thread: be quick and do not block. Exceptions are logged and otherwise ignored; they
 * cannot hurt the call.
 *
 * <p>{@code nanos} is the time since the call began, interceptors included, in nanoseconds. Each key of a bulk read is a call, with the time of the whole.
 */
public interface CacheObserver {

    /** A read was answered: a hit or a miss. */
    default void read(Read read, ReadResult result, long nanos) {}

    /** A read got no answer from any zone. */
    default void readFailed(Read read, EvCacheException failure, long nanos) {}

    /** A write was decided: its policy is met, or cannot be any more, or its time is over. Zones may still be pending in the result. */
    default void written(Write write, WriteResult result, long nanos) {}

    /** The client is being closed: nothing more is told. Calls that are still in flight end after this. */
    default void closed() {}

    /** Returns the observer that looks away. */
    static CacheObserver disabled() {
        return new CacheObserver() {};
    }
}
