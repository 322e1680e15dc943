package io.evcache.core.command;

/**
 * A thread that delivers answers in rounds: those that have arrived together, one after the other. Lets a {@link Receiver} that is told of each of them act once for all. Every method is for that thread itself to call.
 */
public interface DeliveringThread extends MustNotBlock {

    /**
     * Runs the task on this thread once the answers at hand have been delivered. In the order of the calls; must not block.
     *
     * @throws java.util.concurrent.RejectedExecutionException if this thread is ending, and there may be no end of a round any more
     */
    void afterRound(Runnable task);

    /**
     * Runs the task on this thread, once, when so much time has passed. Forgotten if this thread ends before.
     *
     * @param nanos more than zero
     * @throws java.util.concurrent.RejectedExecutionException if this thread is ending
     */
    void after(long nanos, Runnable task);
}
