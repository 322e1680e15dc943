package io.evcache.client.zones;

import io.evcache.client.pipeline.Read;
import io.evcache.client.pipeline.ReadResult;
import io.evcache.core.command.Get;
import io.evcache.core.command.Lease;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Pending;
import io.evcache.core.command.Receiver;
import io.evcache.core.error.DeadlineExceeded;
import io.evcache.core.error.EvCacheException;
import io.evcache.core.time.Deadline;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One read on its way through the zones: the promise that the caller waits on, and the receiver of each zone's answer.
 *
 * <p>Only one zone is asked at a time. Its answer comes after the question, on whatever thread, so what is kept needs no guard but its order: written before a question, read after its answer. What
 * is volatile is so because a caller that gives up looks at it.
 */
final class ReadCall extends Pending<ReadResult> implements Receiver<Lookup> {
    private final Read read;
    private final ZoneOrder order;

    /** How many zones have been asked; the last one asked is at this index less one. */
    private volatile int asked;
    /** What zones before the last one said; null unless there were any. */
    private volatile @Nullable Earlier earlier;

    ReadCall(Read read, ZoneOrder order) {
        this.read = read;
        this.order = order;
    }

    void start() {
        ask(0, read.command());
    }

    /** Starts as if the first zone had been asked, and had said this. */
    void goOn(Pending<? extends Lookup> answer) {
        asked = 1;
        settled(answer);
    }

    int attempts() {
        return asked;
    }

    @Override
    public void settled(Pending<? extends Lookup> answer) {
        if (isSettled()) {
            return; // the caller has left
        }
        Lookup lookup = answer.value();
        if (read.attempts() != null) {
            Attempts.tell(read.attempts(), order.zones[asked - 1].name(), answer);
        }
        if (lookup instanceof Lookup.Hit hit) {
            hit(hit);
            return;
        }
        if (lookup == null) {
            earlier().failure = Objects.requireNonNull(answer.failure());
        } else if (missed((Lookup.Miss) lookup)) {
            return;
        }
        boolean mayGoOn = lookup != null || read.policy().fallback().onError();
        if (!mayGoOn || asked == last() || read.deadline().isExpired()) {
            finish();
        } else {
            ask(asked, fallback());
        }
    }

    private void ask(int index, Get command) {
        asked = index + 1;
        Deadline attempt = order.attempt(read.policy().fallback(), asked, read.deadline());
        order.zones[index].send(command, attempt).receive(this);
    }

    /** Returns how many zones may be asked in all. */
    private int last() {
        return order.last(read.policy().fallback());
    }

    private void hit(Lookup.Hit hit) {
        Earlier before = earlier;
        complete(result(hit, before));
        if (before != null && before.empty != 0 && read.policy().backfill() && hit.hasValue()) {
            for (int i = 0; i < asked - 1 && i < Long.SIZE; i++) {
                if ((before.empty & 1L << i) != 0) {
                    order.backfill.add(order.zones[i], read.command(), hit);
                }
            }
        }
    }

    /** Returns whether that is the answer. */
    private boolean missed(Lookup.Miss miss) {
        ReadResult result = result(miss, earlier);
        if (!read.policy().fallback().onMiss() || asked == last()) {
            complete(result);
            return true;
        }
        int at = asked - 1;
        Earlier before = earlier();
        if (at < Long.SIZE && miss.lease() == Lease.NONE) {
            before.empty |= 1L << at;
        }
        before.missed = result;
        return false;
    }

    private ReadResult result(Lookup lookup, @Nullable Earlier before) {
        return new ReadResult(lookup, order.zones[asked - 1].name(), asked, before == null ? null : before.failure);
    }

    /** The question for a further zone; with the remaining life if the answer may be added where it is missing. */
    private Get fallback() {
        Get command = read.command();
        boolean withTtl = earlier().empty != 0
                && read.policy().backfill()
                && order.backfill.isPossible()
                && !command.wants().ttl();
        return withTtl ? new Get(command.key(), command.wants().withTtl()) : command;
    }

    /** No zone is left, or no time. A zone that truly missed is an answer; what others failed with is only mentioned. */
    private void finish() {
        Earlier before = earlier();
        ReadResult miss = before.missed;
        if (miss != null) {
            complete(new ReadResult(miss.lookup(), miss.zone(), asked, before.failure));
        } else {
            fail(Objects.requireNonNull(before.failure));
        }
    }

    /** A caller that waited to the end still gets the miss of a zone that answered. */
    @Override
    protected EvCacheException expired(Deadline deadline) {
        Earlier before = earlier;
        ReadResult miss = before == null ? null : before.missed;
        int attempts = asked;
        DeadlineExceeded late = new DeadlineExceeded(
                read.command().verb() + " " + read.command().key() + " of cache " + read.cache()
                        + " was not answered within " + deadline.allowed().toMillis() + " ms; asked " + attempts
                        + " of " + last() + " zones, last " + order.zones[Math.max(0, attempts - 1)].name(),
                true);
        if (miss != null) {
            complete(new ReadResult(miss.lookup(), miss.zone(), attempts, late));
        }
        return late;
    }

    private Earlier earlier() {
        Earlier before = earlier;
        if (before == null) {
            before = new Earlier();
            earlier = before;
        }
        return before;
    }

    /** Kept apart because most reads end at the first zone. */
    private static final class Earlier {
        /** What the last zone that missed said, and which one it was. */
        volatile @Nullable ReadResult missed;

        @Nullable
        EvCacheException failure;

        /** Bit by index: zones with nothing under the key, not even a place-holder. Zones from the 65th on are not back-filled. */
        long empty;
    }
}
