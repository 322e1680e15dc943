package io.evcache.core.transport.netty;

import io.netty.channel.Channel;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What goes on on one lane: whether it is one caller after the other who waits for an answer, and nothing else. Confined to who runs the event loop, but for {@link #unseen()} and {@link #hasUnseen()}.
 */
final class Traffic {
    /** So many calls in a row, each written by its caller, who was going to wait, and alone, make a lane quiet. */
    private static final int QUIET_AFTER = 16;

    private static final int MAX_QUIET_AFTER = 16_384;

    /** A quiet time of so many calls has earned what its beginning and its end cost. */
    private static final int WORTH_IT = 256;

    /** So many calls in a row would have been worth it, had the lane been quiet. */
    private static final int MISSED = 2 * WORTH_IT;

    /** Calls that their callers have written, or are about to, and that whoever runs the loop has not seen. */
    private final AtomicInteger unseen = new AtomicInteger();

    /** What is open and gets something else than answers to calls. */
    private final Set<Channel> guests = new HashSet<>();

    /** Connections with something unanswered. */
    private int busy;

    private int alone;

    private final int leastQuietAfter;
    private final int mostQuietAfter;
    private int quietAfter;

    Traffic() {
        this(QUIET_AFTER, MAX_QUIET_AFTER);
    }

    /** Creates one that calls a lane quiet after so many calls, for tests. */
    Traffic(int leastQuietAfter, int mostQuietAfter) {
        this.leastQuietAfter = leastQuietAfter;
        this.mostQuietAfter = mostQuietAfter;
        this.quietAfter = leastQuietAfter;
    }

    /** A caller is about to write a call that the loop does not know of. From any thread. */
    void unseen() {
        unseen.incrementAndGet();
    }

    /** Returns whether there is a call that the loop does not know of. From any thread. */
    boolean hasUnseen() {
        return unseen.get() > 0;
    }

    /** A call that its caller has written was seen; {@code waited}: the caller was going to wait for it. */
    void seen(boolean waited) {
        unseen.decrementAndGet();
        if (waited && busy == 0) {
            alone++;
        } else {
            disturbed();
        }
    }

    /** Something was written that is not one caller's only call, or the callers pause. */
    void disturbed() {
        if (alone >= MISSED) {
            quietAfter = leastQuietAfter;
        }
        alone = 0;
    }

    /** A connection has begun to have, or has no more, something unanswered. */
    void busy(boolean begins) {
        busy += begins ? 1 : -1;
    }

    /** Something else than answers to calls comes on the channel, until it is closed or {@linkplain #hostsNoMore said} otherwise. */
    void hosts(Channel channel) {
        guests.add(channel);
        channel.closeFuture().addListener(closed -> guests.remove(channel));
    }

    /** Nothing but answers to calls comes on the channel from now on. */
    void hostsNoMore(Channel channel) {
        guests.remove(channel);
    }

    /** Returns whether there is nothing now that a caller who waits for its own answer could overlook. */
    boolean isClear() {
        return busy == 0 && guests.isEmpty() && !hasUnseen();
    }

    /** Returns whether all there has been for a while is one caller after the other. */
    boolean isQuiet() {
        return alone >= quietAfter && isClear();
    }

    /** A quiet time of so many calls was ended by something else. The next one begins later if it was short, as the two may go on to take turns. */
    void quietTimeEnded(int calls) {
        alone = 0;
        quietAfter = calls >= WORTH_IT ? leastQuietAfter : Math.min(2 * quietAfter, mostQuietAfter);
    }

    @Override
    public String toString() {
        return "Traffic(" + busy + " busy, " + guests.size() + " guests, " + unseen + " unseen, " + alone + " of "
                + quietAfter + " alone)";
    }
}
