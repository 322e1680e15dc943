package io.evcache.core.command;

import io.evcache.core.key.Key;
import io.evcache.core.value.Ttl;
import java.util.OptionalLong;

/**
 * Adds to, or subtracts from, a counter. Counters are unsigned 64-bit decimal text: an increment wraps at 2^64, a decrement stops at 0.
 *
 * <p>Delta and initial value are from 0 to {@link Long#MAX_VALUE}, though counters reach 2^64: a negative {@code long} is a mistake far more often than a number of 2^63 or more. A counter that must begin there is
 * stored as text.
 *
 * @param delta how much, not negative
 * @param initial the value of a counter that does not exist yet (the delta is not applied to it), not negative; empty answers {@link CountReply#NOT_FOUND}
 * @param ttl the life of a counter that is created; an existing one keeps its own
 */
public record Arithmetic(Key key, Direction direction, long delta, OptionalLong initial, Ttl ttl)
        implements Command<CountReply> {

    /** Up or down. */
    public enum Direction {
        /** Adds; wraps at 2^64. */
        INCREMENT,
        /** Subtracts; stops at 0. */
        DECREMENT
    }

    /** @throws IllegalArgumentException if delta or initial value is negative */
    public Arithmetic {
        requireNotNegative("delta", delta);
        requireNotNegative("initial value", initial.orElse(0));
    }

    private static void requireNotNegative(String what, long given) {
        if (given < 0) {
            throw new IllegalArgumentException(what + " must not be negative, was " + given);
        }
    }

    @Override
    public String verb() {
        return direction == Direction.INCREMENT ? "increment" : "decrement";
    }
}
