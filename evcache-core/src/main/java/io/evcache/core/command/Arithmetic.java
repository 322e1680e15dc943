package io.evcache.core.command;

import io.evcache.core.key.Key;
import io.evcache.core.value.Ttl;
import java.util.OptionalLong;

/**
 * Adds to, or subtracts from, a counter. Counters are unsigned 64-bit decimal text: an increment wraps at 2^64, a decrement stops at 0.
 *
 * @param delta how much, not negative
 * @param initial the value of a counter that does not exist yet (the delta is not applied to it); empty answers {@link CountReply#NOT_FOUND}
 * @param ttl the life of a counter that is created; an existing one keeps its own
 */
public record Arithmetic(Key key, Direction direction, long delta, OptionalLong initial, Ttl ttl)
        implements Command<CountReply> {

    /** Up or down. */
    public enum Direction {
        INCREMENT,
        DECREMENT
    }

    public Arithmetic {
        if (delta < 0 || initial.orElse(0) < 0) {
            throw new IllegalArgumentException(
                    "delta and initial value must not be negative, were " + delta + " and " + initial);
        }
    }

    @Override
    public String verb() {
        return direction == Direction.INCREMENT ? "increment" : "decrement";
    }
}
