package io.evcache.core.transport.netty;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The commands that were sent and not answered, oldest first: the next reply belongs to the head. A caller whose deadline passed leaves, but its call stays here as
 * a place-holder until its reply has come, else every later reply would go to the wrong caller. Several gets may
 * have shared one line of the request; its replies carry keys instead of opaque tokens, come in the order of the keys, and skip misses. Confined to the event loop.
 */
final class InFlightQueue {
    private final ArrayDeque<Call<?>> calls = new ArrayDeque<>();

    /** Keys of the shared line that is being answered which the server has passed over; whether they are misses is known at its end. Older than {@link #calls}. */
    private final ArrayDeque<Call<?>> passedOver = new ArrayDeque<>();

    /** Set when every key of the shared line was answered or passed over, and its end is yet to come. */
    private boolean endIsDue;

    void add(Call<?> call) {
        calls.add(call);
    }

    @Nullable
    Call<?> peek() {
        return passedOver.isEmpty() ? calls.peek() : passedOver.peek();
    }

    @Nullable
    Call<?> poll() {
        return calls.poll();
    }

    /** Returns whether a shared line is being answered or is next: only its values and its end can come now. */
    boolean isAtSharedLine() {
        Call<?> head = calls.peek();
        return endIsDue || (head != null && head.grouped && !head.isInRun());
    }

    /** Returns whether a run of sets is being answered or is next: only refusals and its end can come now. */
    boolean isAtRun() {
        Call<?> head = calls.peek();
        return !endIsDue && head != null && head.isInRun();
    }

    /** Returns the calls of the run, which stay here. */
    List<Call<?>> run() {
        List<Call<?>> run = new ArrayList<>();
        for (Call<?> call : calls) {
            run.add(call);
            if (call.endsGroup) {
                break;
            }
        }
        return run;
    }

    /** Removes the calls of the run, in order. */
    void endRun(Consumer<Call<?>> ended) {
        Call<?> call;
        do {
            call = calls.remove();
            ended.accept(call);
        } while (!call.endsGroup && !calls.isEmpty()); // told of one, somebody may have closed the connection
    }

    /** Returns the call of many keys that is being answered or is next; {@code null} if something else is. */
    @Nullable
    BulkCall bulk() {
        return !endIsDue && calls.peek() instanceof BulkCall bulk ? bulk : null;
    }

    /** Removes and returns the next get of the shared line that asked for this key; {@code null} if there is none, and the pairing is lost. */
    @Nullable
    Call<?> pollKey(byte[] line, int keyFrom, int keyTo) {
        while (!endIsDue && isAtSharedLine()) {
            Call<?> call = calls.remove();
            byte[] key = call.command.key().bytes();
            endIsDue = call.endsGroup;
            if (Arrays.equals(key, 0, key.length, line, keyFrom, keyTo)) {
                return call;
            }
            passedOver.add(call);
        }
        return null;
    }

    /** Ends the shared line: whatever was not answered is a miss. */
    void endSharedLine(Consumer<Call<?>> missed) {
        while (!endIsDue) {
            Call<?> call = calls.remove();
            endIsDue = call.endsGroup;
            passedOver.add(call);
        }
        endIsDue = false;
        for (Call<?> call = passedOver.poll(); call != null; call = passedOver.poll()) {
            missed.accept(call);
        }
    }

    boolean isEmpty() {
        return calls.isEmpty() && passedOver.isEmpty();
    }

    /**
     * Settles every call whose deadline lies before {@code now}. Deadlines differ, so the whole queue is looked at, a few ns for each.
     *
     * @return how many callers have left and still have no reply, those who left by themselves included
     */
    int expire(long now) {
        return expire(passedOver, now) + expire(calls, now);
    }

    private static int expire(ArrayDeque<Call<?>> sent, long now) {
        int orphans = 0;
        for (Call<?> call : sent) {
            call.expire(now);
            if (call.deadline.isBefore(now)) {
                orphans += call.commands();
            }
        }
        return orphans;
    }

    /** Returns how many of the expired had their whole time while the server was silent. */
    int unheard(long now, long silenceNanos) {
        int unheard = 0;
        for (Call<?> call : calls) {
            if (call.deadline.isBefore(now) && call.deadline.allowed().toNanos() <= silenceNanos) {
                unheard += call.commands();
            }
        }
        return unheard;
    }

    void drain(Consumer<Call<?>> to) {
        for (Call<?> call = passedOver.poll(); call != null; call = passedOver.poll()) {
            to.accept(call);
        }
        for (Call<?> call = calls.poll(); call != null; call = calls.poll()) {
            to.accept(call);
        }
    }
}
