package io.evcache.client.zones;

import io.evcache.client.pipeline.WriteLatch;
import io.evcache.client.pipeline.WritePolicy;
import io.evcache.client.pipeline.WriteResult;
import io.evcache.client.pipeline.ZoneOutcome;
import io.evcache.client.pipeline.ZoneOutcome.Status;
import io.evcache.core.command.CountReply;
import io.evcache.core.command.DeleteReply;
import io.evcache.core.command.Pending;
import io.evcache.core.command.Receiver;
import io.evcache.core.command.Reply;
import io.evcache.core.command.StoreReply;
import io.evcache.core.command.TouchReply;
import io.evcache.core.error.EvCacheException;
import io.evcache.core.time.Deadline;
import io.evcache.core.zone.ZoneRoute;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
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

    private final WritePolicy policy;
    private final int required;
    private final List<ZoneRoute> zones;
    private final Pending<? extends Reply>[] answers;
    private final AllZonesWrites writes;

    @SuppressWarnings("unused") // through SETTLED
    private volatile @Nullable Pending<WriteResult> settled;

    private Tally(
            WritePolicy policy, List<ZoneRoute> zones, Pending<? extends Reply>[] answers, AllZonesWrites writes) {
        this.policy = policy;
        this.zones = zones;
        this.answers = answers;
        this.writes = writes;
        this.required = policy.required(counted(zones));
    }

    /**
     * Starts counting. All zones have been sent to before, so that the first answer already sees every zone.
     *
     * @param answers of the zones, in their order; owned by the tally
     */
    static Tally of(
            WritePolicy policy, List<ZoneRoute> zones, Pending<? extends Reply>[] answers, AllZonesWrites writes) {
        Tally tally = new Tally(policy, zones, answers, writes);
        tally.count();
        for (Pending<? extends Reply> answer : answers) {
            answer.receive(tally);
        }
        return tally;
    }

    private static int counted(List<ZoneRoute> zones) {
        int counted = 0;
        for (int i = 0; i < zones.size(); i++) {
            counted += zones.get(i).isReadable() ? 1 : 0;
        }
        return counted;
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
            boolean isCounted = zones.get(i).isReadable();
            if (!answer.isSettled()) {
                open++;
                openCounted += isCounted ? 1 : 0;
            } else if (isCounted && isDone(answer.value())) {
                done++;
            }
        }
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
        return all;
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
        ZoneOutcome[] outcomes = new ZoneOutcome[answers.length];
        int done = 0;
        for (int i = 0; i < answers.length; i++) {
            outcomes[i] = outcome(zones.get(i).name(), answers[i]);
            done += outcomes[i].status() == Status.DONE && zones.get(i).isReadable() ? 1 : 0;
        }
        return new WriteResult(policy, required, done, List.of(outcomes));
    }

    @Override
    public boolean await(Duration timeout) {
        WriteResult result = value();
        if (result == null && !timeout.isNegative() && !timeout.isZero()) {
            Wait wait = new Wait();
            receive(wait);
            result = wait.result(writes.in(timeout));
        }
        return result == null ? now().isMet() : result.isMet();
    }

    @Override
    public CompletableFuture<WriteResult> toCompletableFuture() {
        CompletableFuture<WriteResult> future = new CompletableFuture<>();
        receive(decided -> deliver(future));
        return future;
    }

    private void deliver(CompletableFuture<WriteResult> future) {
        WriteResult decision = value();
        WriteResult result = decision == null ? now() : decision;
        try {
            writes.callbacks().execute(() -> future.complete(result));
        } catch (RejectedExecutionException e) {
            future.complete(result); // the executor is closed or full: late is worse than here
        }
    }

    /** Whoever waits on the decision directly, and too long, decides it: what is known by then is the result, since a decision never fails. */
    @Override
    protected EvCacheException expired(Deadline deadline) {
        complete(now());
        return super.expired(deadline);
    }

    private static ZoneOutcome outcome(String zone, Pending<? extends Reply> answer) {
        Reply reply = answer.value();
        if (reply != null) {
            return new ZoneOutcome(zone, isDone(reply) ? Status.DONE : Status.REFUSED, reply, null);
        }
        EvCacheException failure = answer.failure();
        if (failure != null) {
            return new ZoneOutcome(zone, failure.mayHaveBeenApplied() ? Status.UNKNOWN : Status.FAILED, null, failure);
        }
        return new ZoneOutcome(zone, Status.PENDING, null, null);
    }

    private static boolean isDone(@Nullable Reply reply) {
        return reply == StoreReply.STORED
                || reply == DeleteReply.DELETED
                || reply == DeleteReply.NOT_FOUND
                || reply == TouchReply.TOUCHED
                || (reply instanceof CountReply count && count.found());
    }

    @Override
    public String toString() {
        return "Tally(" + now() + ")";
    }
}
