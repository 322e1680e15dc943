package io.evcache.client.zones;

import io.evcache.client.pipeline.Fallback;
import io.evcache.client.pipeline.ManyReads;
import io.evcache.core.command.Gets;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Pending;
import io.evcache.core.error.EvCacheException;
import java.util.Objects;

/**
 * Many reads at their first zone. What that answers is final for most of them; a key that it misses, or fails to answer, goes on to the other zones as a read of its own, as soon as its node has answered for all
 * keys that were asked of it.
 */
final class TogetherReads extends Gets {
    private final ManyReads reads;
    private final ZoneOrder order;

    private TogetherReads(ManyReads reads, ZoneOrder order) {
        super(reads.keys());
        this.reads = reads;
        this.order = order;
    }

    static void send(ManyReads reads, ZoneOrder order) {
        TogetherReads gets = new TogetherReads(reads, order);
        reads.askedTogether(gets, order.zones[0].name());
        order.zones[0].sendAll(gets.all(), order.attempt(reads.policy().fallback(), 1, reads.deadline()));
    }

    @Override
    protected void ended(Part part) {
        boolean goesOn = order.last(reads.policy().fallback()) > 1
                && !reads.isSettled() // else the caller has left
                && !reads.deadline().isExpired();
        int singles = 0;
        for (int at = 0; goesOn && at < part.size(); at++) {
            int index = part.index(at);
            if (value(index) == null && goesOn(index)) {
                singles++;
                ReadCall call = new ReadCall(reads.read(index), order);
                reads.follow(index, call);
                call.goOn(answer(index));
            }
        }
        reads.done(part.size() - singles);
    }

    private boolean goesOn(int index) {
        Fallback fallback = reads.policy().fallback();
        return failure(index) == null ? fallback.onMiss() : fallback.onError();
    }

    private Pending<Lookup> answer(int index) {
        EvCacheException failure = failure(index);
        return failure == null ? Pending.of(Objects.requireNonNull(lookup(index))) : Pending.failed(failure);
    }
}
