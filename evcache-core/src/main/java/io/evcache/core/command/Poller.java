package io.evcache.core.command;

import io.evcache.core.time.Deadline;

/**
 * Can bring answers on the thread of a caller that waits for one, while nobody else needs them brought: that spares the hand-over from a thread that listens to the one that waits. A transport's; it asks for the job with
 * {@link Waiting#willPoll}.
 */
public interface Poller {

    /**
     * Brings answers until the awaited one is there. May return before: when its deadline passes, the thread is interrupted, or somebody else brings the answers.
     *
     * @param awaited what the calling thread waits for, which others may settle too
     * @param deadline how long it waits
     * @param earliest when the first of what it has sent is late, perhaps long before: an attempt that is given up for another one
     */
    void poll(Pending<?> awaited, Deadline deadline, Deadline earliest);

    /** The thread that promised to poll does not. */
    void leave();
}
