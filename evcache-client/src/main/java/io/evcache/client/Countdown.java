package io.evcache.client;

import io.evcache.core.command.Pending;
import io.evcache.core.command.Receiver;
import java.util.concurrent.atomic.AtomicInteger;

/** Settles once all of several reads, or writes, have, so that who waits for them is woken once and not for each packet. One object receives all. */
final class Countdown extends Pending<Boolean> implements Receiver<Object> {
    /** One more than there are, so that it reaches zero only after all have been registered. */
    private final AtomicInteger open = new AtomicInteger(1);

    void add(Pending<?> one) {
        open.incrementAndGet();
        one.receive(this);
    }

    /** No more will be added. */
    void seal() {
        countDown();
    }

    @Override
    public void settled(Pending<?> settled) {
        countDown();
    }

    private void countDown() {
        if (open.decrementAndGet() == 0) {
            complete(true);
        }
    }
}
