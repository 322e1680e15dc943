package io.evcache.core.transport.netty;

import io.evcache.core.command.Arithmetic;
import io.evcache.core.command.Command;
import io.evcache.core.command.Delete;
import io.evcache.core.command.Get;
import io.evcache.core.command.Store;
import io.evcache.core.command.Touch;
import io.evcache.core.time.WallClock;
import io.evcache.core.value.Ttl;
import io.evcache.core.value.ValueFlags;
import io.netty.buffer.ByteBuf;

/**
 * Writes commands in memcached's meta protocol into the buffer that goes to the socket.
 *
 * <p>Every command but those of a {@linkplain StoreRuns run} carries an opaque token ({@code O}), which the server echoes on success and on the expected refusals alike. Only flags that memcached 1.6.18 honours are
 * written unless the command asks for more: that server ignores some newer flags without a word, so a reply cannot tell. Stores always send {@code F}, since a missing one
 * means 0, not "unchanged". Source: memcached's protocol.txt, "Meta Commands".
 *
 * <p>Confined to who may write to the connection.
 */
final class MetaEncoder {
    private static final int CRLF = 0x0d0a;
    private static final int NOOP = 'm' << 24 | 'n' << 16 | CRLF;

    private final WallClock clock;
    private final CommandLine line = new CommandLine();

    MetaEncoder(WallClock clock) {
        this.clock = clock;
    }

    /** Returns an upper bound of the bytes that {@link #encode} writes. */
    static int size(Command<?> command) {
        int fixed = CommandLine.MAX_BYTES_BESIDE_KEY + command.key().length();
        return command instanceof Store store ? fixed + store.value().bytes().length : fixed;
    }

    void encode(Command<?> command, int opaque, ByteBuf out) {
        if (command instanceof Get get) {
            encode(get);
        } else if (command instanceof Store store) {
            encode(store, opaque, out);
            return;
        } else if (command instanceof Delete delete) {
            encode(delete);
        } else if (command instanceof Touch touch) {
            line.start('g', touch.key().bytes());
            line.flag('T', touch.ttl().wireSeconds(clock));
        } else if (command instanceof Arithmetic arithmetic) {
            encode(arithmetic);
        }
        end(opaque, out);
    }

    private void encode(Get get) {
        Get.Wants wants = get.wants();
        line.start('g', get.key().bytes());
        if (wants.value()) {
            line.flag('v');
        }
        line.flag('f');
        if (wants.touch().isPresent()) { // the flags act in their order: what is asked behind it is the new life
            line.flag('T', wants.touch().get().wireSeconds(clock));
        }
        if (wants.ttl()) {
            line.flag('t');
        }
        if (wants.cas()) {
            line.flag('c');
        }
        if (wants.usage() || !wants.value()) { // a place-holder is known by its size
            line.flag('s');
        }
        if (wants.usage()) {
            line.flag('l');
            line.flag('h');
        }
        if (!wants.bump()) {
            line.flag('u');
        }
        if (wants.leaseSeconds() > 0) {
            line.flag('N', seconds(wants.leaseSeconds()));
        }
        if (wants.recacheSeconds() > 0) {
            line.flag('R', seconds(wants.recacheSeconds()));
        }
    }

    /** Writes a store that the server answers only if it refuses it. */
    void encodeQuietly(Store store, ByteBuf out) {
        begin(store);
        line.flag('q');
        line.writeTo(out);
        block(store, out);
    }

    /** Writes what is answered once everything before it is. */
    static void encodeNoop(ByteBuf out) {
        out.writeInt(NOOP);
    }

    private void encode(Store store, int opaque, ByteBuf out) {
        begin(store);
        end(opaque, out);
        block(store, out);
    }

    private static void block(Store store, ByteBuf out) {
        out.writeBytes(store.value().bytes());
        out.writeShort(CRLF);
    }

    private void begin(Store store) {
        byte[] value = store.value().bytes();
        line.start('s', store.key().bytes());
        line.number(value.length);
        Store.Mode mode = store.mode();
        if (!mode.extend() || mode.creates()) { // else both stay the item's
            line.flag(mode.creates() ? 'N' : 'T', store.ttl().wireSeconds(clock));
            line.flag(
                    'F',
                    Integer.toUnsignedLong(ValueFlags.toStored(store.value().flags(), value.length)));
        }
        if (mode != Store.Mode.SET) {
            line.flag('M', letter(mode));
        }
        if (store.compare() != 0) {
            line.flag('C', store.compare());
        }
        if (store.version() != 0) {
            line.flag('E', store.version());
        }
    }

    private void encode(Delete delete) {
        Delete.Terms terms = delete.terms();
        line.start('d', delete.key().bytes());
        if (terms.compare() != 0) {
            line.flag('C', terms.compare());
        }
        if (terms.remains() != Delete.Remains.NOTHING) {
            line.flag('I');
            if (terms.remains() == Delete.Remains.TOMBSTONE) {
                line.flag('x'); // with a time, or it would stay for ever
            }
            line.flag('T', seconds(terms.seconds()));
        }
        if (terms.version() != 0) {
            line.flag('E', terms.version());
        }
    }

    private void encode(Arithmetic arithmetic) {
        line.start('a', arithmetic.key().bytes());
        line.flag('v');
        line.flag('M', arithmetic.direction() == Arithmetic.Direction.INCREMENT ? 'I' : 'D');
        line.flag('D', arithmetic.delta());
        if (arithmetic.initial().isPresent()) {
            line.flag('N', arithmetic.ttl().wireSeconds(clock));
            line.flag('J', arithmetic.initial().getAsLong());
        }
    }

    /** Every number of seconds is read as a date above 30 days, not only the life of a stored value. */
    private long seconds(int seconds) {
        return Ttl.ofSeconds(Math.min(seconds, Ttl.MAX.toSeconds())).wireSeconds(clock);
    }

    private static char letter(Store.Mode mode) {
        return switch (mode) {
            case SET -> 'S';
            case ADD -> 'E';
            case REPLACE -> 'R';
            case APPEND, APPEND_OR_CREATE -> 'A';
            case PREPEND, PREPEND_OR_CREATE -> 'P';
        };
    }

    private void end(int opaque, ByteBuf out) {
        line.flag('O', Integer.toUnsignedLong(opaque));
        line.writeTo(out);
    }
}
