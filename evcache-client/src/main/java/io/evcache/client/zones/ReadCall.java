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
import io.evcache.core.zone.ZoneRoute;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One read on its way through the zones: the promise that the caller waits on, and the receiver of each zone's answer.
 *
 * <p>Only one zone is asked at a time. Its answer comes after the question, on whatever thread, so the fields need no guard but their order: written before a question, read after its answer. The
 * exceptions are volatile, because a caller that gives up looks at them.
 */
final class ReadCall extends Pending<ReadResult> implements Receiver<Lookup> {
    /** The part of what remains that one zone may use while others could still answer. A hung zone then leaves enough for a healthy one, and a merely slow one is not given up too soon. */
    private static final double SHARE_OF_REMAINING = 0.6;

    private final Read read;
    private final ZoneRoute[] zones;
    private final Backfill backfill;

    /** How many zones have been asked; the last one asked is at this index less one. */
    private volatile int asked;
    /** What the last zone that missed said, and which one it was. */
    private volatile @Nullable ReadResult missed;

    private @Nullable EvCacheException failure;
    /** Bit by index: zones with nothing under the key, not even a place-holder. Zones from the 65th on are not back-filled. */
    private long empty;

    ReadCall(Read read, ZoneRoute[] zones, Backfill backfill) {
        this.read = read;
        this.zones = zones;
        this.backfill = backfill;
    }

    void start() {
        ask(0, read.command());
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
        if (lookup == null) {
            failure = Objects.requireNonNull(answer.failure());
        } else if (lookup instanceof Lookup.Hit hit) {
            hit(hit);
            return;
        } else if (missed((Lookup.Miss) lookup)) {
            return;
        }
        if (asked == zones.length || read.deadline().isExpired()) {
            finish();
        } else {
            ask(asked, fallback());
        }
    }

    private void ask(int index, Get command) {
        asked = index + 1;
        Deadline all = read.deadline();
        Deadline attempt = asked < zones.length ? all.share(SHARE_OF_REMAINING) : all;
        zones[index].send(command, attempt).receive(this);
    }

    private void hit(Lookup.Hit hit) {
        int at = asked - 1;
        complete(new ReadResult(hit, zones[at].name(), asked, failure));
        if (empty != 0 && read.policy().backfill()) {
            for (int i = 0; i < at && i < Long.SIZE; i++) {
                if ((empty & 1L << i) != 0) {
                    backfill.add(zones[i], read.command(), hit);
                }
            }
        }
    }

    /** Returns whether that is the answer. */
    private boolean missed(Lookup.Miss miss) {
        int at = asked - 1;
        ReadResult result = new ReadResult(miss, zones[at].name(), asked, failure);
        if (!read.policy().onMiss() || asked == zones.length) {
            complete(result);
            return true;
        }
        if (at < Long.SIZE && miss.lease() == Lease.NONE) {
            empty |= 1L << at;
        }
        missed = result;
        return false;
    }

    /** The question for a further zone; with the remaining life if the answer may be added where it is missing. */
    private Get fallback() {
        Get command = read.command();
        boolean withTtl =
                empty != 0 && read.policy().backfill() && !command.wants().ttl();
        return withTtl ? new Get(command.key(), command.wants().withTtl()) : command;
    }

    /** No zone is left, or no time. A zone that truly missed is an answer; what others failed with is only mentioned. */
    private void finish() {
        ReadResult miss = missed;
        if (miss != null) {
            complete(new ReadResult(miss.lookup(), miss.zone(), asked, failure));
        } else {
            fail(Objects.requireNonNull(failure));
        }
    }

    /** A caller that waited to the end still gets the miss of a zone that answered. */
    @Override
    protected EvCacheException expired(Deadline deadline) {
        ReadResult miss = missed;
        int attempts = asked;
        DeadlineExceeded late = new DeadlineExceeded(
                read.command().verb() + " " + read.command().key() + " of cache " + read.cache()
                        + " was not answered within " + deadline.allowed().toMillis() + " ms; asked " + attempts
                        + " of " + zones.length + " zones, last " + zones[Math.max(0, attempts - 1)].name(),
                true);
        if (miss != null) {
            complete(new ReadResult(miss.lookup(), miss.zone(), attempts, late));
        }
        return late;
    }
}
