package io.evcache.replication.relay;

import io.evcache.replication.mutation.Mutation;
import java.time.Duration;

/** Is told what happens, for metrics and logs. Called on the relay's threads: be quick, do not block. What it throws is logged and otherwise ignored. */
public interface RelayObserver {

    /**
     * A mutation has ended, covered ones included; malformed records do not come here.
     *
     * @param age from when the write had settled to now, by two machines' clocks: can be negative
     */
    default void ended(Mutation mutation, Outcome outcome, Duration age) {}

    /** A mutation will be tried again. */
    default void retried(Mutation mutation, String reason) {}

    /** Records were gone from the log before they were read. */
    default void gap(int partition, long records) {}

    /** Returns the observer that looks away. */
    static RelayObserver disabled() {
        return new RelayObserver() {};
    }
}
