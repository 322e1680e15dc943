package io.evcache.core.transport.netty;

import io.evcache.core.command.Store;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Writes neighbouring plain sets of a batch as a run: each of them quietly, so that the server says nothing of those that it has stored, and a no-op behind the last one, whose answer says that all were looked at. Such a
 * set costs the server about half. One without such a neighbour is asked and answered by itself. Whoever has the turn to write, which is the event loop for everything that has neighbours.
 */
final class StoreRuns {
    /**
     * A refusal does not say which set it is about, so none is in a run that a server may find too large; and of items in several chunks, which begin at half a megabyte unless {@code slab_chunk_max} says less, memcached does
     * not tell in quiet mode that it had no memory for the next chunk.
     */
    static final int MAX_VALUE_BYTES = 2 * 1_024;

    /** In a longer one the first would wait for its answer for no good reason. */
    static final int MOST = 64;

    /** So many sets are answered one by one after a refusal: a server that has no memory now will not have it for the next either. */
    static final int CAREFUL = 1_024;

    private final MetaEncoder encoder;

    /** How many the open run has; 0 without one. */
    private int length;

    private int careful;

    StoreRuns(MetaEncoder encoder) {
        this.encoder = encoder;
    }

    /**
     * Writes the call if it belongs to a run. Returns {@code false}, and writes nothing, if it does not.
     *
     * @param next what is written after it in the same batch
     */
    boolean write(Call<?> call, @Nullable Call<?> next, ByteBuf out) {
        if (!(call.command instanceof Store set)) {
            return false;
        }
        boolean goesOn = next != null && length < MOST - 1 && careful == 0 && canBeIn(next) && canBeIn(call);
        if (length == 0 && !goesOn) {
            careful = Math.max(0, careful - 1);
            return false;
        }
        encoder.encodeQuietly(set, out);
        call.grouped = true;
        call.endsGroup = !goesOn;
        length = goesOn ? length + 1 : 0;
        if (!goesOn) {
            MetaEncoder.encodeNoop(out);
        }
        return true;
    }

    /** The server has refused sets of a run. */
    void refused() {
        careful = CAREFUL;
    }

    /** The server has refused a command by itself: where it is one that could be in a run, the next would be too. */
    void refused(Call<?> call) {
        if (canBeIn(call)) {
            refused();
        }
    }

    /** Whether that is a set which ends in no other way than stored, unless the server is in trouble. */
    private static boolean canBeIn(Call<?> call) {
        return call.command instanceof Store store
                && store.mode() == Store.Mode.SET
                && store.compare() == 0
                && store.version() == 0
                && store.value().bytes().length <= MAX_VALUE_BYTES;
    }
}
