package io.evcache.client.migration;

import io.evcache.client.pipeline.Next;
import io.evcache.client.pipeline.Read;
import io.evcache.client.pipeline.ReadResult;
import io.evcache.client.pipeline.WriteLatch;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Pending;
import io.evcache.core.command.Receiver;
import io.evcache.core.error.DeadlineExceeded;
import io.evcache.core.error.EvCacheException;
import io.evcache.core.time.Deadline;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One read through both clusters: the promise that the caller waits on, and the receiver of first the new cluster's answer, then, where that is none, the old one's.
 *
 * <p>The old one is asked after the new one has answered, and that order is the guard of what is kept.
 */
final class MigratingRead extends Pending<ReadResult> implements Receiver<ReadResult> {
    /** Before the name of a zone of the old cluster in results, as both clusters may have zones of one name. */
    static final String OLD = "old/";

    private final Read read;
    private final Next next;
    private final MigrationInterceptor migration;

    /** What the new cluster said; volatile because a caller that gives up looks at it. */
    private volatile @Nullable Pending<? extends ReadResult> first;

    MigratingRead(Read read, Next next, MigrationInterceptor migration) {
        this.read = read;
        this.next = next;
        this.migration = migration;
    }

    @Override
    public void settled(Pending<? extends ReadResult> answer) {
        if (isSettled()) {
            return; // the caller has left
        }
        Pending<? extends ReadResult> before = first;
        if (before != null) {
            old(before, answer);
            return;
        }
        ReadResult result = answer.value();
        if ((result != null && result.lookup() instanceof Lookup.Hit)
                || read.deadline().isExpired()) {
            settle(answer);
            return;
        }
        first = answer;
        Pending<ReadResult> asked;
        try {
            asked = migration.readOld(read);
        } catch (RuntimeException e) { // the old cluster's interceptors are strangers
            migration.failed();
            settle(answer);
            return;
        }
        asked.receive(this);
    }

    private void old(Pending<? extends ReadResult> ofNew, Pending<? extends ReadResult> ofOld) {
        ReadResult result = ofOld.value();
        if (result != null && result.lookup() instanceof Lookup.Hit hit) {
            if (read.command().wants().cas()) {
                foundWithToken(ofNew, hit);
            } else {
                found(ofNew, result, hit);
            }
            return;
        }
        if (result == null) {
            migration.failed();
        } else {
            migration.missed();
        }
        settle(ofNew);
    }

    private void found(Pending<? extends ReadResult> ofNew, ReadResult result, Lookup.Hit hit) {
        ReadResult missed = ofNew.value();
        int attempts = result.attempts() + (missed == null ? 0 : missed.attempts());
        if (complete(new ReadResult(hit, OLD + result.zone(), attempts, ofNew.failure()))) {
            WriteLatch unused = migration.hit(read, hit, next, migration.backfillDeadline());
        }
    }

    /** A token of the old cluster would not be one of the new. So the value is read again where it was copied to; one that cannot be copied is what it is there, a miss. */
    private void foundWithToken(Pending<? extends ReadResult> ofNew, Lookup.Hit hit) {
        WriteLatch copy = ofNew.failure() == null ? migration.hit(read, hit, next, read.deadline()) : null;
        if (copy == null) {
            settle(ofNew);
        } else {
            copy.settled().receive(all -> next.read(read).receive(this::settle));
        }
    }

    private void settle(Pending<? extends ReadResult> answer) {
        EvCacheException failure = answer.failure();
        boolean unused = failure != null ? fail(failure) : complete(Objects.requireNonNull(answer.value()));
    }

    /** A caller that waited to the end still gets the miss of the new cluster, if that has answered. */
    @Override
    protected EvCacheException expired(Deadline deadline) {
        Pending<? extends ReadResult> ofNew = first;
        ReadResult missed = ofNew == null ? null : ofNew.value();
        if (missed != null) {
            complete(missed);
        }
        return new DeadlineExceeded(
                read.command().verb() + " " + read.command().key() + " of cache " + read.cache()
                        + " was not answered by the new cluster, nor by the old one, within "
                        + deadline.allowed().toMillis() + " ms",
                true);
    }
}
