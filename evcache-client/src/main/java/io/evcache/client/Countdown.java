package io.evcache.client;

import io.evcache.client.pipeline.ReadResult;
import io.evcache.core.command.Pending;
import io.evcache.core.command.Receiver;
import java.util.concurrent.atomic.AtomicInteger;

/** Settles once all of several reads have, so that who waits for them is woken once and not for each packet. One object receives all. */
final class Countdown extends Pending<Boolean> implements Receiver<ReadResult> {
    /** One more than there are reads, so that it reaches zero only after all have been registered. */
    private final AtomicInteger open = new AtomicInteger(1);

    void add(Pending<ReadResult> read) {
        open.incrementAndGet();
        read.receive(this);
    }

    /** No more will be added. */
    void seal() {
        countDown();
    }

    @Override
    public void settled(Pending<? extends ReadResult> read) {
        countDown();
    }

    private void countDown() {
        if (open.decrementAndGet() == 0) {
            complete(true);
        }
    }
}
