package io.evcache.client.zones;

import io.evcache.client.pipeline.Read;
import io.evcache.client.pipeline.ReadResult;
import io.evcache.client.pipeline.ZonesDisagree;
import io.evcache.core.command.Get;
import io.evcache.core.command.Get.Wants;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Pending;
import io.evcache.core.command.Receiver;
import io.evcache.core.error.DeadlineExceeded;
import io.evcache.core.error.EvCacheException;
import io.evcache.core.time.Deadline;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One read that several zones must agree on: the promise that the caller waits on, and the receiver of each zone's answer.
 *
 * <p>As in a {@link Tally}, there is no counter to keep: each answer that arrives makes its thread look at all of them. The answers are volatile, so of two that arrive at once at least the later
 * thread sees both.
 */
final class ConsistentRead extends Pending<ReadResult> implements Receiver<Lookup> {
    private final Read read;
    private final ZoneOrder order;
    private final int required;
    private final Pending<Lookup>[] answers;
    private final AtomicBoolean repaired = new AtomicBoolean();

    @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type cannot be created otherwise
    ConsistentRead(Read read, ZoneOrder order) {
        this.read = read;
        this.order = order;
        this.required = read.policy().agreement().required(order.zones.length);
        this.answers = new Pending[order.zones.length];
    }

    /** All zones are asked before one is listened to, so that the first answer already sees every zone. */
    void start() {
        Wants wants = read.command().wants().withCas();
        boolean withTtl = read.policy().backfill() && order.backfill.isPossible();
        Get command = new Get(read.command().key(), withTtl ? wants.withTtl() : wants);
        for (int i = 0; i < answers.length; i++) {
            answers[i] = order.zones[i].send(command, read.deadline());
        }
        for (Pending<Lookup> answer : answers) {
            answer.receive(this);
        }
    }

    int attempts() {
        return answers.length;
    }

    @Override
    public void settled(Pending<? extends Lookup> answer) {
        if (read.attempts() != null) {
            Attempts.tell(read.attempts(), zoneOf(answer), answer);
        }
        Agreed agreed = Agreed.on(answers, required);
        if (agreed.isDecided()) {
            complete(new ReadResult(
                    agreed.lookup(answers), order.zones[agreed.index()].name(), answers.length, firstFailure()));
        } else if (agreed.isImpossible()) {
            fail(disagreement());
        }
        if (agreed.isComplete() && read.policy().backfill() && repaired.compareAndSet(false, true)) {
            repair(agreed);
        }
    }

    /** Gives the value that was agreed on to zones that have none, or an older version of it. Never replaces what may be newer. */
    private void repair(Agreed agreed) {
        if (!agreed.isDecided() || !(agreed.lookup(answers) instanceof Lookup.Hit hit)) {
            return;
        }
        for (int i = 0; i < answers.length; i++) {
            Lookup lookup = answers[i].value();
            if (lookup instanceof Lookup.Miss miss) {
                order.backfill.addWhereMissed(order.zones[i], read.command(), miss, hit);
            } else if (lookup instanceof Lookup.Hit other && Agreed.isOlder(other, hit)) {
                order.backfill.replace(order.zones[i], read.command(), other, hit);
            }
        }
    }

    @SuppressWarnings("ReferenceEquality") // which zone answered is known by the object it answered with
    private String zoneOf(Pending<? extends Lookup> answer) {
        int at = 0;
        while (answers[at] != answer) {
            at++;
        }
        return order.zones[at].name();
    }

    private @Nullable EvCacheException firstFailure() {
        for (Pending<Lookup> answer : answers) {
            if (answer.failure() != null) {
                return answer.failure();
            }
        }
        return null;
    }

    /** With too few zones that answered it is their failure; with enough of them, what each said. */
    private EvCacheException disagreement() {
        EvCacheException failure = firstFailure();
        int failed = 0;
        for (Pending<Lookup> answer : answers) {
            failed += answer.failure() != null ? 1 : 0;
        }
        if (failure != null && answers.length - failed < required) {
            return failure;
        }
        StringBuilder said = new StringBuilder();
        for (int i = 0; i < answers.length; i++) {
            said.append(i == 0 ? "" : ", ")
                    .append(order.zones[i].name())
                    .append(' ')
                    .append(describe(answers[i]));
        }
        return new ZonesDisagree("no " + required + " of " + answers.length + " zones agree about "
                + read.command().key() + " of cache " + read.cache() + ": " + said);
    }

    private static String describe(Pending<Lookup> answer) {
        Lookup lookup = answer.value();
        if (lookup instanceof Lookup.Hit hit) {
            return "has " + (hit.hasValue() ? hit.value() : "a value")
                    + (hit.cas() >= Agreed.FIRST_VERSION ? " version " + hit.cas() : "");
        }
        return lookup != null ? "has nothing" : answer.isSettled() ? "failed" : "has not answered";
    }

    @Override
    protected EvCacheException expired(Deadline deadline) {
        int open = 0;
        for (Pending<Lookup> answer : answers) {
            open += answer.isSettled() ? 0 : 1;
        }
        return new DeadlineExceeded(
                read.command().verb() + " " + read.command().key() + " of cache " + read.cache()
                        + " was not agreed on by " + required + " of " + answers.length + " zones within "
                        + deadline.allowed().toMillis() + " ms; " + open + " have not answered",
                true);
    }
}
