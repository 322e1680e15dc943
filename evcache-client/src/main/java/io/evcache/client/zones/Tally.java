package io.evcache.client.zones;

import io.evcache.client.pipeline.WriteLatch;
import io.evcache.client.pipeline.WriteResult;
import io.evcache.core.command.Pending;
import io.evcache.core.command.Receiver;
import io.evcache.core.command.Reply;
import io.evcache.core.error.EvCacheException;
import io.evcache.core.time.Deadline;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Counts what the zones say to one write. It is the promise of the decision itself; the promise that all is settled is made only if somebody asks for it.
 *
 * <p>There is no counter to keep: each answer that arrives makes its thread look at all of them. The answers are volatile, so of two that arrive at once at least the later thread sees both.
 */
final class Tally extends Pending<WriteResult> implements WriteLatch, Receiver<Reply> {
    private static final VarHandle SETTLED;

    static {
        try {
            SETTLED = MethodHandles.lookup().findVarHandle(Tally.class, "settled", Pending.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final WriteTerms terms;
    private final Pending<? extends Reply>[] answers;

    @SuppressWarnings("unused") // through SETTLED
    private volatile @Nullable Pending<WriteResult> settled;

    private Tally(WriteTerms terms, Pending<? extends Reply>[] answers) {
        this.terms = terms;
        this.answers = answers;
    }

    /**
     * Starts counting. All zones have been sent to before, so that the first answer already sees every zone.
     *
     * @param answers of the zones, in their order; owned by the tally
     */
    static Tally of(WriteTerms terms, Pending<? extends Reply>[] answers) {
        Tally tally = new Tally(terms, answers);
        tally.count();
        for (Pending<? extends Reply> answer : answers) {
            answer.receive(tally);
        }
        return tally;
    }

    @Override
    public void settled(Pending<? extends Reply> answer) {
        count();
    }

    private void count() {
        int done = 0;
        int open = 0;
        int openCounted = 0;
        for (int i = 0; i < answers.length; i++) {
            Pending<? extends Reply> answer = answers[i];
            boolean isCounted = terms.zones().isCounted(i);
            if (!answer.isSettled()) {
                open++;
                openCounted += isCounted ? 1 : 0;
            } else if (isCounted && WrittenZones.isDone(answer.value())) {
                done++;
            }
        }
        int required = terms.required();
        boolean decided = done >= required || done + openCounted < required;
        if (decided && !isSettled()) {
            complete(now());
        }
        if (open == 0) {
            Pending<WriteResult> all = settled;
            if (all != null) {
                all.complete(now());
            }
        }
    }

    @Override
    public Pending<WriteResult> decided() {
        return this;
    }

    @Override
    public Pending<WriteResult> settled() {
        Pending<WriteResult> all = settled;
        if (all == null) {
            Pending<WriteResult> fresh = Pending.open();
            all = SETTLED.compareAndSet(this, null, fresh) ? fresh : settledBySomebody();
            count(); // the last answer may have come before there was anything to complete
        }
        return all.own(); // others hear of it, too: whoever waits and leaves must not end it for them
    }

    private Pending<WriteResult> settledBySomebody() {
        Pending<WriteResult> all = settled;
        if (all == null) {
            throw new IllegalStateException("set once, never cleared");
        }
        return all;
    }

    @Override
    public WriteResult now() {
        return terms.zones().result(terms, answers);
    }

    @Override
    public boolean await(Duration timeout) {
        WriteResult result = value();
        if (result == null && !timeout.isNegative() && !timeout.isZero()) {
            Wait wait = new Wait();
            receive(wait);
            result = wait.result(terms.zones().writes().in(timeout));
        }
        return result == null ? now().isMet() : result.isMet();
    }

    @Override
    public CompletableFuture<WriteResult> toCompletableFuture() {
        Decision future = new Decision(this);
        receive(future);
        return future;
    }

    Executor callbacks() {
        return terms.zones().writes().callbacks();
    }

    /** Whoever waits on the decision directly, and too long or until he is interrupted, decides it: what is known by then is the result, since a decision never fails. */
    @Override
    protected EvCacheException expired(Deadline deadline) {
        complete(now());
        return super.expired(deadline);
    }

    @Override
    protected EvCacheException interrupted() {
        complete(now());
        return super.interrupted();
    }

    @Override
    public String toString() {
        return "Tally(" + now() + ")";
    }
}
