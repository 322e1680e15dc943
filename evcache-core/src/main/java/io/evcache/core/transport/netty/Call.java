package io.evcache.core.transport.netty;

import io.evcache.core.command.Command;
import io.evcache.core.command.Get;
import io.evcache.core.command.Pending;
import io.evcache.core.command.Reply;
import io.evcache.core.command.Store;
import io.evcache.core.error.DeadlineExceeded;
import io.evcache.core.error.EvCacheException;
import io.evcache.core.time.Deadline;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** One sending of one command, or of {@linkplain BulkCall many gets}: the promise, the queue node and the holder of opaque token and deadline in a single object. */
class Call<R extends Reply> extends Pending<R> {
    final Command<R> command;
    final Deadline deadline;
    final NettyConnection connection;

    /** The next older call while in the coalescer's stack, the next younger one after. Written before publication or on the event loop. */
    @Nullable
    Call<?> next;

    /** Set on the event loop when the command is encoded. */
    int opaque;

    /**
     * Whether this is answered together with its neighbours: a get on a line of several keys, or a set in a run. A few bytes as flags rather than one enum: the object would be 8 bytes larger. Confined to the
     * event loop.
     */
    boolean grouped;

    /** Whether this is the last of that line or run. Confined to the event loop. */
    boolean endsGroup;

    /** Whether this must have a line of its own although it is a plain get. Confined to the event loop. */
    boolean alone;

    /** Whether who has sent this was going to wait for it. Written before publication by a caller that writes. */
    boolean waited;

    /** Whether bytes may have left. Confined to the event loop. */
    boolean sent;

    Call(Command<R> command, Deadline deadline, NettyConnection connection) {
        this.command = command;
        this.deadline = deadline;
        this.connection = connection;
    }

    /** Returns what this counts for in the connection's bound on bytes. Worked out twice rather than kept: a field more would be 8 bytes per call. */
    int cost() {
        return MetaEncoder.size(command);
    }

    /** Returns how many commands this counts for in the connection's bound. */
    int commands() {
        return 1;
    }

    /** Gives back the room that this takes up on its connection. */
    final void release() {
        connection.release(commands(), cost());
    }

    /** Returns what was asked, for messages. */
    String what() {
        return command.verb() + " " + command.key();
    }

    /** Writes the command. Whoever has the turn. */
    void write(MetaEncoder encoder, ByteBuf out) {
        encoder.encode(command, opaque, out);
    }

    /** Settles this as failed; returns whether this call did so. */
    boolean giveUp(EvCacheException failure) {
        return fail(failure);
    }

    /** Settles this as timed out if its deadline lies before {@code now}; returns whether this call did so. */
    final boolean expire(long now) {
        return deadline.isBefore(now) && !isSettled() && giveUp(expired(deadline));
    }

    /** A caller that leaves by itself cannot know whether the loop is encoding at this instant, so it assumes that it is. */
    @Override
    protected EvCacheException expired(Deadline passed) {
        return new DeadlineExceeded(
                connection.name() + " did not answer " + what() + " within "
                        + passed.allowed().toMillis() + " ms, " + connection.inFlight() + " in flight",
                sent || !connection.inEventLoop());
    }

    /** Whether this is one of a {@linkplain StoreRuns run of sets}. */
    final boolean isInRun() {
        return grouped && command instanceof Store;
    }

    /** Whether this may share a line with others. */
    boolean isPlainGet() {
        return !alone && command instanceof Get get && get.wants().isPlain();
    }
}
