package io.evcache.client;

import io.evcache.client.pipeline.WriteLatch;
import io.evcache.client.pipeline.WriteResult;
import io.evcache.client.pipeline.ZoneOutcome;
import io.evcache.client.pipeline.ZoneOutcome.Status;
import io.evcache.core.command.Pending;
import io.evcache.core.command.Store;
import io.evcache.core.error.EvCacheException;
import io.evcache.core.time.Deadline;
import io.evcache.core.time.Ticker;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * An append; where most zones in normal service have nothing to append to and none had, an add; where that comes too late, the append again. Each is a write of its own, and the latch speaks for the last of
 * them, so it is decided only when that is.
 *
 * <p>That none had is known when all have answered, or can no longer: a zone that has the whole must not be given the new piece in its place because two others were quicker to say that they have nothing.
 *
 * <p>A zone that alone has lost the item is not given the new piece as if it were the whole: it keeps nothing, and is filled from another. So this is not {@link Store.Mode#APPEND_OR_CREATE}, with which each zone
 * would decide for itself.
 */
final class AppendOrAdd implements WriteLatch {
    private final Function<Store, WriteLatch> send;
    private final Predicate<String> inService;
    private final Store append;
    private final Store add;
    private final Ticker ticker;
    private final Executor callbacks;
    private final Pending<WriteResult> decided = Pending.open();
    private final Pending<WriteResult> settled = Pending.open();
    private volatile WriteLatch last;

    private AppendOrAdd(
            Function<Store, WriteLatch> send,
            Predicate<String> inService,
            Store append,
            Store add,
            Ticker ticker,
            Executor callbacks) {
        this.send = send;
        this.inService = inService;
        this.append = append;
        this.add = add;
        this.ticker = ticker;
        this.callbacks = callbacks;
        this.last = send.apply(append);
    }

    /**
     * Sends the append.
     *
     * @param inService tells of a zone's name whether what it holds counts
     */
    static AppendOrAdd start(
            Function<Store, WriteLatch> send,
            Predicate<String> inService,
            Store append,
            Store add,
            Ticker ticker,
            Executor callbacks) {
        AppendOrAdd call = new AppendOrAdd(send, inService, append, add, ticker, callbacks);
        if (call.last.expected() == 0) {
            call.decided.complete(call.now()); // nobody is to wait
        }
        call.appended();
        return call;
    }

    private void appended() {
        WriteLatch latch = last;
        whenTold(latch, AppendOrAdd::isTaken, () -> {
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
            } else { // decided before, as by a policy that waits for nobody, or by some against it
                latch.settled().receive(all -> then.run());
            }
        });
    }

    private static boolean isTaken(WriteResult result) {
        return result.succeeded() > 0;
    }

    /** Of an add, by the zone that decides: those that do not store, such as draining ones, are asked only once it has. */
    private static boolean isRefused(WriteResult result) {
        return !isTaken(result) && !result.zones(Status.REFUSED).isEmpty();
    }

    private boolean mostHaveNothing(WriteResult result) {
        List<ZoneOutcome> counted = result.zones().stream()
                .filter(zone -> inService.test(zone.zone()))
                .toList();
        long refused =
                counted.stream().filter(zone -> zone.status() == Status.REFUSED).count();
        return !isTaken(result) && refused > counted.size() / 2;
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
