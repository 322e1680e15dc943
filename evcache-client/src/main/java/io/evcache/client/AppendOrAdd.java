package io.evcache.client;

import io.evcache.client.pipeline.WriteLatch;
import io.evcache.client.pipeline.WriteResult;
import io.evcache.client.pipeline.ZoneOutcome.Status;
import io.evcache.core.command.Pending;
import io.evcache.core.command.Store;
import io.evcache.core.error.EvCacheException;
import io.evcache.core.time.Deadline;
import io.evcache.core.time.Ticker;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * An append; where most zones have nothing to append to and none had, an add; where that comes too late, the append again. Each is a write of its own, and the latch speaks for the last of them, so
 * it is decided only when that is.
 *
 * <p>A zone that alone has lost the item is not given the new piece as if it were the whole: it keeps nothing, and is filled from another. So this is not {@link Store.Mode#APPEND_OR_CREATE}, with which each zone
 * would decide for itself.
 */
final class AppendOrAdd implements WriteLatch {
    private final Function<Store, WriteLatch> send;
    private final Store append;
    private final Store add;
    private final Ticker ticker;
    private final Executor callbacks;
    private final Pending<WriteResult> decided = Pending.open();
    private final Pending<WriteResult> settled = Pending.open();
    private volatile WriteLatch last;

    private AppendOrAdd(Function<Store, WriteLatch> send, Store append, Store add, Ticker ticker, Executor callbacks) {
        this.send = send;
        this.append = append;
        this.add = add;
        this.ticker = ticker;
        this.callbacks = callbacks;
        this.last = send.apply(append);
    }

    static AppendOrAdd start(
            Function<Store, WriteLatch> send, Store append, Store add, Ticker ticker, Executor callbacks) {
        AppendOrAdd call = new AppendOrAdd(send, append, add, ticker, callbacks);
        if (call.last.expected() == 0) {
            call.decided.complete(call.now()); // nobody is to wait
        }
        call.appended();
        return call;
    }

    private void appended() {
        WriteLatch latch = last;
        whenTold(latch, result -> isTaken(result) || mostHaveNothing(result), () -> {
            if (mostHaveNothing(latch.now())) {
                add();
            } else {
                finish(latch);
            }
        });
    }

    /** Goes on once the write says enough, which may be before or after it is decided, or can say no more. */
    private static void whenTold(WriteLatch latch, Predicate<WriteResult> enough, Runnable then) {
        latch.decided().receive(result -> {
            if (enough.test(latch.now())) {
                then.run();
            } else { // decided before, as by a policy that waits for nobody
                latch.settled().receive(all -> then.run());
            }
        });
    }

    private static boolean isTaken(WriteResult result) {
        return !result.zones(Status.DONE).isEmpty();
    }

    private static boolean isRefused(WriteResult result) {
        return !result.zones(Status.REFUSED).isEmpty();
    }

    private static boolean mostHaveNothing(WriteResult result) {
        int refused = result.zones(Status.REFUSED).size();
        return !isTaken(result) && refused > result.zones().size() / 2;
    }

    private void add() {
        WriteLatch latch = send.apply(add);
        last = latch;
        whenTold(latch, result -> isTaken(result) || isRefused(result), () -> added(latch));
    }

    private void added(WriteLatch latch) {
        if (isRefused(latch.now())) {
            last = send.apply(append);
            finish(last);
        } else {
            finish(latch);
        }
    }

    private void finish(WriteLatch latch) {
        latch.decided().receive(result -> decided.complete(latch.now()));
        latch.settled().receive(result -> settled.complete(latch.now()));
    }

    @Override
    public Pending<WriteResult> decided() {
        return decided.own();
    }

    @Override
    public Pending<WriteResult> settled() {
        return settled.own();
    }

    @Override
    public WriteResult now() {
        return last.now();
    }

    @Override
    public boolean await(Duration timeout) {
        Pending<WriteResult> mine = decided.own();
        if (!mine.isSettled() && !timeout.isNegative() && !timeout.isZero()) {
            try {
                return mine.await(Deadline.after(timeout, ticker)).isMet();
            } catch (EvCacheException e) {
                return false;
            }
        }
        return mine.isSettled() && now().isMet();
    }

    @Override
    public CompletableFuture<WriteResult> toCompletableFuture() {
        CompletableFuture<WriteResult> future = new CompletableFuture<>();
        decided.receive(result -> callbacks.execute(() -> future.complete(now())));
        return future;
    }

    @Override
    public String toString() {
        return "AppendOrAdd(" + now() + ")";
    }
}
