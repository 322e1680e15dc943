package io.evcache.core.command;

import io.evcache.core.time.Deadline;
import java.util.concurrent.atomic.AtomicInteger;

/** Many keys, each of which is a get of its own: the way through routes that do not know better, and for the few keys that need it. */
public final class SingleGets {
    private final Gets.Part part;

    /** One more than there are, so that it reaches zero only after all have been sent. */
    private final AtomicInteger open;

    private SingleGets(Gets.Part part) {
        this.part = part;
        this.open = new AtomicInteger(part.size() + 1);
    }

    /** Sends a get for each key of the part that is open, and ends the part once all are answered. */
    public static void send(Gets.Part part, Get.Wants wants, Route route, Deadline deadline) {
        SingleGets all = new SingleGets(part);
        for (int at = 0; at < part.size(); at++) {
            if (part.isOpen(at)) {
                int index = at;
                route.send(new Get(part.key(at), wants), deadline).receive(answer -> {
                    part.settle(index, answer);
                    all.countDown();
                });
            } else {
                all.countDown();
            }
        }
        all.countDown();
    }

    private void countDown() {
        if (open.decrementAndGet() == 0) {
            part.end();
        }
    }
}
