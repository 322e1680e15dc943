package io.evcache.core.transport.netty;

import io.evcache.core.command.Lookup;
import io.evcache.core.command.Reply;
import io.evcache.core.error.CodecFailure;
import io.evcache.core.error.EvCacheException;
import io.evcache.core.error.ProtocolViolation;
import io.evcache.core.error.ServerError;
import io.netty.buffer.ByteBuf;

/**
 * Gives each reply of a server to the call that it answers: the oldest in flight, whose opaque token it echoes, or one of the keys of the oldest line of several, which it echoes. Whatever is in doubt is a
 * {@link ProtocolViolation}, and the connection must be closed. Confined to the event loop.
 */
final class Pairing {
    private final String node;
    private final MetaDecoder decoder;
    private final InFlightQueue inFlight;
    private final Silence silence;
    private final WriteCoalescer coalescer;
    private final Answers answers;
    private final StoreRuns storeRuns;
    private final RunReplies runs;

    /** Creates the one of a connection, whose parts the others are. */
    Pairing(
            String node,
            int maxValueBytes,
            InFlightQueue inFlight,
            Silence silence,
            WriteCoalescer coalescer,
            StoreRuns storeRuns,
            Answers answers) {
        this.node = node;
        this.decoder = new MetaDecoder(maxValueBytes, this::replied);
        this.inFlight = inFlight;
        this.silence = silence;
        this.coalescer = coalescer;
        this.answers = answers;
        this.storeRuns = storeRuns;
        this.runs = new RunReplies(node, inFlight, storeRuns);
    }

    /** Takes all that the server has said, and settles what it answers, also what it has answered before something that makes no sense. */
    void decode(ByteBuf in) {
        try {
            decoder.decode(in);
        } finally {
            answers.tell();
        }
    }

    /** Settles what is answered and not told yet. */
    void tell() {
        answers.tell();
    }

    private void replied(MetaReply reply) {
        if (reply.status == MetaReply.Status.KEYED_VALUE) {
            repliedWithKey(reply);
        } else if (reply.status == MetaReply.Status.END) {
            repliedWithEnd();
        } else if (inFlight.isAtRun()) {
            repliedInRun(reply);
        } else {
            repliedWithOpaque(reply);
        }
    }

    private void repliedWithKey(MetaReply reply) {
        BulkCall bulk = inFlight.bulk();
        if (bulk != null) {
            if (!bulk.value(decoder.line(), reply)) {
                throw notDue();
            }
            silence.answered();
            return;
        }
        Call<?> call = inFlight.pollKey(decoder.line(), reply.keyFrom, reply.keyTo);
        if (call == null) {
            throw notDue();
        }
        silence.answered();
        if (reply.tooLarge) {
            giveUp(call, Replies.tooLarge(call.command.key(), reply, node));
        } else if (Replies.mayBePlaceHolder(reply)) {
            askAlone(call);
        } else {
            answers.add(call, Replies.plainHit(reply));
        }
    }

    private ProtocolViolation notDue() {
        return new ProtocolViolation(node + " sent the value of a key that was not due");
    }

    /** A line of several keys cannot tell an empty value from an open lease, a line of its own can. */
    private void askAlone(Call<?> call) {
        call.grouped = false;
        call.endsGroup = false;
        call.alone = true;
        coalescer.submit(call);
    }

    private void repliedWithEnd() {
        if (!inFlight.isAtSharedLine()) {
            throw new ProtocolViolation(node + " ended a reply that nobody asked for");
        }
        silence.answered();
        BulkCall bulk = inFlight.bulk();
        if (bulk == null) {
            inFlight.endSharedLine(missed -> answers.add(missed, Lookup.Miss.PLAIN));
        } else if (bulk.endLine()) {
            inFlight.poll();
            bulk.release();
            bulk.finish();
        }
    }

    private void repliedInRun(MetaReply reply) {
        if (reply.status == MetaReply.Status.SERVER_ERROR) {
            runs.refused(reply.text);
        } else if (reply.status == MetaReply.Status.NOOP) {
            runs.end(answers);
        } else {
            throw new ProtocolViolation(node + " sent " + reply.status + " within a run of sets");
        }
        silence.answered();
    }

    private void repliedWithOpaque(MetaReply reply) {
        Call<?> call = inFlight.peek();
        if (call == null) {
            throw new ProtocolViolation(node + " sent a reply that nobody asked for");
        }
        if (inFlight.isAtSharedLine()) {
            throw new ProtocolViolation(node + " sent " + reply.status + " within the values of several keys");
        }
        boolean carriesOpaque =
                reply.status != MetaReply.Status.SERVER_ERROR && reply.status != MetaReply.Status.NON_NUMERIC;
        if (carriesOpaque && reply.opaque != Integer.toUnsignedLong(call.opaque)) {
            throw new ProtocolViolation(node + " sent a reply with opaque token " + reply.opaque + " where "
                    + Integer.toUnsignedLong(call.opaque) + " was due");
        }
        silence.answered();
        try {
            Reply answer = Replies.answer(call, reply, node);
            inFlight.poll();
            answers.add(call, answer);
        } catch (ServerError | CodecFailure refusal) {
            inFlight.poll();
            storeRuns.refused(call);
            giveUp(call, refusal);
        }
    }

    private static void giveUp(Call<?> call, EvCacheException failure) {
        call.release();
        call.giveUp(failure);
    }
}
