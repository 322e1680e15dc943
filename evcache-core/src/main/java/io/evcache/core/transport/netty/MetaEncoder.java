package io.evcache.core.transport.netty;

import io.evcache.core.command.Arithmetic;
import io.evcache.core.command.Command;
import io.evcache.core.command.Delete;
import io.evcache.core.command.Get;
import io.evcache.core.command.Store;
import io.evcache.core.command.Touch;
import io.evcache.core.key.Key;
import io.evcache.core.time.WallClock;
import io.evcache.core.value.Ttl;
import io.evcache.core.value.ValueFlags;
import io.netty.buffer.ByteBuf;

/**
 * Writes commands in memcached's meta protocol, straight into the buffer that goes to the socket.
 *
 * <p>Every command carries an opaque token ({@code O}), which the server echoes on success and on the expected refusals alike. Only flags that memcached 1.6.18 honours are
 * written unless the command asks for more: that server ignores some newer flags without a word, so a reply cannot tell. Stores always send {@code F}, since a missing one
 * means 0, not "unchanged". Source: memcached's protocol.txt, "Meta Commands".
 */
final class MetaEncoder {
    private final WallClock clock;

    MetaEncoder(WallClock clock) {
        this.clock = clock;
    }

    /** Returns an upper bound of the bytes that {@link #encode} writes. */
    static int size(Command<?> command) {
        int fixed = 160 + command.key().length();
        return command instanceof Store store ? fixed + store.value().bytes().length : fixed;
    }

    void encode(Command<?> command, int opaque, ByteBuf out) {
        if (command instanceof Get get) {
            encode(get, out);
        } else if (command instanceof Store store) {
            encode(store, opaque, out);
            return;
        } else if (command instanceof Delete delete) {
            encode(delete, out);
        } else if (command instanceof Touch touch) {
            start(out, 'g', touch.key());
            flag(out, 'T', touch.ttl().wireSeconds(clock));
        } else if (command instanceof Arithmetic arithmetic) {
            encode(arithmetic, out);
        }
        end(out, opaque);
    }

    private void encode(Get get, ByteBuf out) {
        Get.Wants wants = get.wants();
        start(out, 'g', get.key());
        if (wants.value()) {
            flag(out, 'v');
        }
        flag(out, 'f');
        if (wants.touch().isPresent()) { // the flags act in their order: what is asked behind it is the new life
            flag(out, 'T', wants.touch().get().wireSeconds(clock));
        }
        if (wants.ttl()) {
            flag(out, 't');
        }
        if (wants.cas()) {
            flag(out, 'c');
        }
        if (wants.usage() || !wants.value()) { // a place-holder is known by its size
            flag(out, 's');
        }
        if (wants.usage()) {
            flag(out, 'l');
            flag(out, 'h');
        }
        if (!wants.bump()) {
            flag(out, 'u');
        }
        if (wants.leaseSeconds() > 0) {
            flag(out, 'N', seconds(wants.leaseSeconds()));
        }
        if (wants.recacheSeconds() > 0) {
            flag(out, 'R', seconds(wants.recacheSeconds()));
        }
    }

    private void encode(Store store, int opaque, ByteBuf out) {
        byte[] value = store.value().bytes();
        start(out, 's', store.key());
        out.writeByte(' ');
        Decimal.write(out, value.length);
        Store.Mode mode = store.mode();
        if (!mode.extend() || mode.creates()) { // else both stay the item's
            flag(out, mode.creates() ? 'N' : 'T', store.ttl().wireSeconds(clock));
            flag(
                    out,
                    'F',
                    Integer.toUnsignedLong(ValueFlags.toStored(store.value().flags(), value.length)));
        }
        if (mode != Store.Mode.SET) {
            flag(out, 'M');
            out.writeByte(letter(mode));
        }
        if (store.compare() != 0) {
            flag(out, 'C', store.compare());
        }
        if (store.version() != 0) {
            flag(out, 'E', store.version());
        }
        end(out, opaque);
        out.writeBytes(value);
        crlf(out);
    }

    private void encode(Delete delete, ByteBuf out) {
        Delete.Terms terms = delete.terms();
        start(out, 'd', delete.key());
        if (terms.compare() != 0) {
            flag(out, 'C', terms.compare());
        }
        if (terms.remains() != Delete.Remains.NOTHING) {
            flag(out, 'I');
            if (terms.remains() == Delete.Remains.TOMBSTONE) {
                flag(out, 'x'); // with a time, or it would stay for ever
            }
            flag(out, 'T', seconds(terms.seconds()));
        }
        if (terms.version() != 0) {
            flag(out, 'E', terms.version());
        }
    }

    private void encode(Arithmetic arithmetic, ByteBuf out) {
        start(out, 'a', arithmetic.key());
        flag(out, 'v');
        flag(out, 'M');
        out.writeByte(arithmetic.direction() == Arithmetic.Direction.INCREMENT ? 'I' : 'D');
        flag(out, 'D', arithmetic.delta());
        if (arithmetic.initial().isPresent()) {
            flag(out, 'N', arithmetic.ttl().wireSeconds(clock));
            flag(out, 'J', arithmetic.initial().getAsLong());
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

    private static void start(ByteBuf out, char verb, Key key) {
        out.writeByte('m');
        out.writeByte(verb);
        out.writeByte(' ');
        out.writeBytes(key.bytes());
    }

    private static void flag(ByteBuf out, char name) {
        out.writeByte(' ');
        out.writeByte(name);
    }

    private static void flag(ByteBuf out, char name, long token) {
        flag(out, name);
        Decimal.write(out, token);
    }

    private static void end(ByteBuf out, int opaque) {
        flag(out, 'O', Integer.toUnsignedLong(opaque));
        crlf(out);
    }

    private static void crlf(ByteBuf out) {
        out.writeByte('\r');
        out.writeByte('\n');
    }
}
