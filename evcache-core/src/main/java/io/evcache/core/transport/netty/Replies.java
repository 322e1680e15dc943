package io.evcache.core.transport.netty;

import static java.util.Objects.requireNonNull;

import io.evcache.core.command.Arithmetic;
import io.evcache.core.command.CountReply;
import io.evcache.core.command.Delete;
import io.evcache.core.command.DeleteReply;
import io.evcache.core.command.Get;
import io.evcache.core.command.Lease;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Reply;
import io.evcache.core.command.Store;
import io.evcache.core.command.StoreReply;
import io.evcache.core.command.Touch;
import io.evcache.core.command.TouchReply;
import io.evcache.core.error.CodecFailure;
import io.evcache.core.error.ProtocolViolation;
import io.evcache.core.error.ServerError;
import io.evcache.core.key.Key;
import io.evcache.core.value.ValueFlags;

/** Reads a parsed reply as the answer to the command that it belongs to. A status that the command cannot have is a protocol violation. */
final class Replies {
    /** memcached subtracts unsigned: a clock tick between its expiry check and the print shows up as a life of some 136 years, or as 0. */
    private static final long IMPOSSIBLE_TTL = 0xFFFF_0000L;

    private Replies() {}

    /**
     * Returns the answer to the call.
     *
     * @throws ServerError if the server refused the command, and both sides are still in step
     * @throws CodecFailure if the value is too large, and both sides are still in step
     * @throws ProtocolViolation if this cannot be the answer to that command
     */
    static Reply answer(Call<?> call, MetaReply reply, String node) {
        // Neither of the two carries an opaque token, so the command is all that can be compared with.
        boolean refused = reply.status == MetaReply.Status.SERVER_ERROR
                || (reply.status == MetaReply.Status.NON_NUMERIC && call.command instanceof Arithmetic);
        if (refused) {
            throw refusal(call, reply.text, node);
        }
        if (call.command instanceof Get get) {
            if (reply.tooLarge) {
                throw tooLarge(get.key(), reply, node);
            }
            return lookup(call, get.wants(), reply);
        } else if (call.command instanceof Store) {
            return switch (reply.status) {
                case OK -> StoreReply.STORED;
                case NOT_STORED -> StoreReply.NOT_STORED;
                case EXISTS -> StoreReply.EXISTS;
                case NOT_FOUND -> StoreReply.NOT_FOUND;
                default -> throw unexpected(call, reply);
            };
        } else if (call.command instanceof Delete) {
            return switch (reply.status) {
                case OK -> DeleteReply.DELETED;
                case NOT_FOUND -> DeleteReply.NOT_FOUND;
                case EXISTS -> DeleteReply.EXISTS;
                default -> throw unexpected(call, reply);
            };
        } else if (call.command instanceof Touch) {
            return switch (reply.status) {
                case OK -> TouchReply.TOUCHED;
                case MISS, NOT_FOUND -> TouchReply.NOT_FOUND;
                default -> throw unexpected(call, reply);
            };
        } else if (call.command instanceof Arithmetic) {
            return count(call, reply);
        }
        throw unexpected(call, reply);
    }

    /** Returns that the server has refused the command with that error. */
    static ServerError refusal(Call<?> call, String error, String node) {
        return new ServerError(node + " answered " + call.what() + " with: " + error);
    }

    /** Returns that the value is not for this client. */
    static CodecFailure tooLarge(Key key, MetaReply reply, String node) {
        return new CodecFailure(node + " has for " + key + " a " + reply.text);
    }

    /** Returns whether this value of a shared line is nothing at all: an open lease, or an empty value that another client has stored. */
    static boolean mayBePlaceHolder(MetaReply reply) {
        return requireNonNull(reply.value).length == 0 && reply.flags == 0;
    }

    /** Returns the answer to a get that shared its line with others. */
    static Lookup plainHit(MetaReply reply) {
        return new Lookup.Hit(requireNonNull(reply.value), flags(reply), Lookup.Details.NONE);
    }

    private static Lookup lookup(Call<?> call, Get.Wants wants, MetaReply reply) {
        if (reply.status == MetaReply.Status.MISS) {
            return Lookup.Miss.PLAIN;
        }
        byte[] value = reply.value;
        boolean due = wants.value() ? value != null : reply.status == MetaReply.Status.OK && reply.size >= 0;
        if (!due || (wants.usage() && (reply.size < 0 || reply.idle < 0))) {
            throw unexpected(call, reply);
        }
        Lease lease = reply.won ? Lease.WON : reply.held ? Lease.HELD : Lease.NONE;
        long size = value == null ? reply.size : value.length;
        if (reply.ttl == 0 || isPlaceHolder(wants, reply, size)) {
            return lease == Lease.NONE ? Lookup.Miss.PLAIN : new Lookup.Miss(lease, reply.cas);
        }
        Lookup.Details details = Lookup.Details.of(reply.cas, ttl(reply), reply.stale, lease);
        if (wants.usage()) {
            details = details.withUsage(new Lookup.Usage(size, reply.idle, reply.readBefore));
        }
        return value == null
                ? Lookup.Hit.withoutValue(flags(reply), details)
                : new Lookup.Hit(value, flags(reply), details);
    }

    /** Returns the flags of the value. */
    static int flags(MetaReply reply) {
        return ValueFlags.fromStored((int) reply.flags, reply.value == null ? reply.size : reply.value.length);
    }

    /**
     * An open lease is an empty item without flags that somebody won and nobody filled; it is no value, whoever reads it, nor when it has been marked stale. An empty value
     * that this library stored has flags. One of another client has none: it is a value if only the last seconds of its life can have made this reader win, and else taken for a place-holder.
     */
    private static boolean isPlaceHolder(Get.Wants wants, MetaReply reply, long size) {
        return size == 0 && reply.flags == 0 && (reply.won || reply.held) && !isWonByRecache(wants, reply);
    }

    /** A place-holder's first reader has won it. One that is created now has no expiry yet where the reply says it, and an item without expiry is never refreshed. */
    private static boolean isWonByRecache(Get.Wants wants, MetaReply reply) {
        boolean wonForLife = reply.won && !reply.stale && !reply.held && wants.recacheSeconds() > 0;
        return wonForLife && (wants.leaseSeconds() == 0 || reply.ttl > 0);
    }

    private static long ttl(MetaReply reply) {
        if (reply.ttl == MetaReply.NO_TTL) {
            return Lookup.NOT_ASKED;
        }
        if (reply.ttl == MetaReply.NO_EXPIRY) {
            return Lookup.NO_EXPIRY;
        }
        return reply.ttl >= IMPOSSIBLE_TTL ? 1 : reply.ttl;
    }

    private static CountReply count(Call<?> call, MetaReply reply) {
        byte[] value = reply.value;
        if (reply.status == MetaReply.Status.NOT_FOUND || reply.status == MetaReply.Status.MISS) {
            return CountReply.NOT_FOUND;
        }
        if (reply.status != MetaReply.Status.VALUE || value == null) {
            throw unexpected(call, reply);
        }
        int end = value.length;
        while (end > 0 && value[end - 1] == ' ') {
            end--;
        }
        try {
            return CountReply.of(Decimal.read(value, 0, end));
        } catch (NumberFormatException e) {
            throw unexpected(call, reply);
        }
    }

    private static ProtocolViolation unexpected(Call<?> call, MetaReply reply) {
        return new ProtocolViolation("reply " + reply.status + " to " + call.command.verb());
    }
}
