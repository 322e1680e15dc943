package io.evcache.core.transport.netty;

import static java.util.Objects.requireNonNull;

import io.evcache.core.command.Get;
import io.evcache.core.command.Gets;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.SingleGets;
import io.evcache.core.error.EvCacheException;
import io.evcache.core.time.Deadline;
import io.evcache.core.transport.TransportConfig;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.BitSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Plain gets of many keys, as one entry of the queue and one of those in flight: {@code get key key …}, on as many lines as it takes, each answered by the values that there are, in the order of the
 * keys, and {@code END}. What is the promise of other calls only says here that nobody waits any more. Confined to the event loop, but for the writing.
 */
final class BulkCall extends Call<Lookup> {
    /** More than that are several calls, so that no buffer becomes a giant, and the first answers can be used while the last ones come. */
    private static final int MAX_KEYS = 1_024;

    private static final int MAX_BYTES = 32 * 1_024;

    /** The server's path for lines above 2,048 bytes costs it less than the flush that ends another line. */
    private static final int MAX_LINE_BYTES = 4_000;

    private static final byte[] VERB = {'g', 'e', 't'};

    /** The verb, and the end of the line. */
    private static final int LINE_COST = 5;

    private final Gets.Part part;
    private final int cost;

    /** The keys of the line that is being answered, or is next. */
    private int lineFrom;

    private int lineTo;

    /** The next key that can be answered. Those before it on the line were, or are missed if the line ends in order. */
    private int at;

    /** Empty values without flags, which may be open leases. A line of several keys cannot tell, a get of its own can. */
    private @Nullable BitSet doubtful;

    BulkCall(Gets.Part part, Deadline deadline, NettyConnection connection) {
        super(new Get(part.key(0), Get.Wants.PLAIN), deadline, connection);
        this.part = part;
        this.cost = cost(part);
        this.lineTo = endOfLine(0);
        this.grouped = true;
        this.alone = true;
    }

    /** Passes on parts of which each makes up one call: small enough for the bounds of a connection, and not all of what it may hold. */
    static void divide(Gets.Part part, TransportConfig config, Consumer<Gets.Part> to) {
        int maxKeys = Math.max(1, Math.min(MAX_KEYS, config.maxInFlight() / 2));
        int maxBytes = Math.min(MAX_BYTES, config.maxQueuedBytes() / 2);
        for (int from = 0; from < part.size(); ) {
            int count = fitting(part, from, maxKeys, maxBytes);
            to.accept(part.range(from, count));
            from += count;
        }
    }

    private static int fitting(Gets.Part part, int from, int maxKeys, int maxBytes) {
        int count = 1;
        int bytes = part.key(from).length() + 1;
        while (count < maxKeys && from + count < part.size()) {
            bytes += part.key(from + count).length() + 1;
            if (bytes > maxBytes) {
                return count;
            }
            count++;
        }
        return count;
    }

    private static int cost(Gets.Part part) {
        int bytes = 0;
        for (int i = 0; i < part.size(); i++) {
            bytes += part.key(i).length() + 1;
        }
        return bytes + LINE_COST * (1 + bytes / (MAX_LINE_BYTES / 2)); // no line but the last is less than half full
    }

    private int endOfLine(int from) {
        int to = from;
        int bytes = LINE_COST;
        while (to < part.size()) {
            bytes += part.key(to).length() + 1;
            if (bytes > MAX_LINE_BYTES) {
                break;
            }
            to++;
        }
        return to;
    }

    @Override
    int commands() {
        return part.size();
    }

    @Override
    int cost() {
        return cost;
    }

    @Override
    String what() {
        return super.what() + (part.size() == 1 ? "" : " and " + (part.size() - 1) + " more");
    }

    @Override
    void write(MetaEncoder encoder, ByteBuf out) {
        for (int from = 0; from < part.size(); ) {
            int to = endOfLine(from);
            out.writeBytes(VERB);
            for (int i = from; i < to; i++) {
                out.writeByte(' ').writeBytes(part.key(i).bytes());
            }
            out.writeByte('\r').writeByte('\n');
            from = to;
        }
    }

    @Override
    boolean giveUp(EvCacheException failure) {
        boolean waitedFor = complete(Lookup.Miss.PLAIN);
        if (waitedFor) {
            part.failOpen(failure);
        }
        return waitedFor;
    }

    /** Takes a value of the line that is being answered. Returns {@code false} if it is not due there, and the pairing is lost. */
    boolean value(byte[] line, MetaReply reply) {
        while (at < lineTo) {
            int index = at++;
            byte[] key = part.key(index).bytes();
            if (Arrays.equals(key, 0, key.length, line, reply.keyFrom, reply.keyTo)) {
                if (!isSettled()) {
                    take(index, reply);
                }
                return true;
            }
        }
        return false;
    }

    private void take(int index, MetaReply reply) {
        if (reply.tooLarge) {
            part.fail(index, Replies.tooLarge(part.key(index), reply, connection.name()));
        } else if (Replies.mayBePlaceHolder(reply)) {
            doubtful = doubtful == null ? new BitSet() : doubtful;
            doubtful.set(index);
        } else {
            part.hit(index, requireNonNull(reply.value), Replies.flags(reply));
        }
    }

    /** The line ends: what was not answered is a miss. Returns whether it was the last line. */
    boolean endLine() {
        for (int i = lineFrom; i < lineTo && !isSettled(); i++) {
            if (part.isOpen(i) && !isDoubtful(i)) {
                part.answer(i, Lookup.Miss.PLAIN);
            }
        }
        lineFrom = lineTo;
        at = lineTo;
        lineTo = endOfLine(lineTo);
        return lineFrom == part.size();
    }

    private boolean isDoubtful(int index) {
        return doubtful != null && doubtful.get(index);
    }

    /** The last line has ended, and this holds no room any more. */
    void finish() {
        if (!complete(Lookup.Miss.PLAIN)) {
            return; // the callers have left
        }
        if (doubtful == null) {
            part.end();
        } else {
            SingleGets.send(part, Get.Wants.VALUE, connection, deadline);
        }
    }
}
