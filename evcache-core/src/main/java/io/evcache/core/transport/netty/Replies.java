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
import io.evcache.core.error.ProtocolViolation;
import io.evcache.core.error.ServerError;

/** Reads a parsed reply as the answer to the command that it belongs to. A status that the command cannot have is a protocol violation. */
final class Replies {
    /** memcached subtracts unsigned: a clock tick between its expiry check and the print shows up as a life of some 136 years, or as 0. */
    private static final long IMPOSSIBLE_TTL = 0xFFFF_0000L;

    private Replies() {}

    /**
     * Returns the answer to the call.
     *
     * @throws ServerError if the server refused the command, and both sides are still in step
     * @throws ProtocolViolation if this cannot be the answer to that command
     */
    static Reply answer(Call<?> call, MetaReply reply, String node) {
        // Neither of the two carries an opaque token, so the command is all that can be compared with.
        boolean refused = reply.status == MetaReply.Status.SERVER_ERROR
                || (reply.status == MetaReply.Status.NON_NUMERIC && call.command instanceof Arithmetic);
        if (refused) {
            throw new ServerError(
                    node + " answered " + call.command.verb() + " " + call.command.key() + " with: " + reply.text);
        }
        if (call.command instanceof Get) {
            return lookup(call, reply);
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

    /** Returns the answer to a get that shared its line with others. */
    static Lookup plainHit(MetaReply reply) {
        return new Lookup.Hit(requireNonNull(reply.value), (int) reply.flags, Lookup.Details.NONE);
    }

    private static Lookup lookup(Call<?> call, MetaReply reply) {
        if (reply.status == MetaReply.Status.MISS) {
            return Lookup.Miss.PLAIN;
        }
        byte[] value = reply.value;
        if (reply.status != MetaReply.Status.VALUE || value == null) {
            throw unexpected(call, reply);
        }
        Lease lease = reply.won ? Lease.WON : reply.held ? Lease.HELD : Lease.NONE;
        if (isPlaceHolder(reply, value) || reply.ttl == 0) {
            return lease == Lease.NONE ? Lookup.Miss.PLAIN : new Lookup.Miss(lease, reply.cas);
        }
        return new Lookup.Hit(value, (int) reply.flags, Lookup.Details.of(reply.cas, ttl(reply), reply.stale, lease));
    }

    /** An open lease is an empty item that somebody won and nobody filled; it is no value, whoever reads it, nor when it has been marked stale. */
    private static boolean isPlaceHolder(MetaReply reply, byte[] value) {
        return value.length == 0 && (reply.won || reply.held);
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
