package io.evcache.client.zones;

import io.evcache.core.command.Lookup;
import io.evcache.core.command.Pending;
import java.util.Objects;

/**
 * What the answers of several zones add up to at one instant.
 *
 * @param index of the zone whose answer is the one agreed on; -1 while there is none
 * @param open how many zones have not answered yet
 * @param best how many zones agree, at best, once all have answered
 * @param required how many must
 */
record Agreed(int index, int open, int best, int required) {
    /** Smaller tokens are a server's own count of its changes, which says nothing about another server's: it starts at 1 with each start, and would need a century to get here. */
    static final long FIRST_VERSION = 1L << 52;

    static Agreed on(Pending<Lookup>[] answers, int required) {
        int open = 0;
        int largest = 0;
        int agreedAt = -1;
        int versioned = 0;
        int newest = -1;
        for (int i = 0; i < answers.length; i++) {
            Lookup lookup = answers[i].value();
            if (lookup == null) {
                open += answers[i].isSettled() ? 0 : 1;
                continue;
            }
            int same = same(lookup, answers);
            if (same > largest) {
                largest = same;
                agreedAt = i;
            }
            if (lookup instanceof Lookup.Hit hit && hit.cas() >= FIRST_VERSION) {
                versioned++;
                newest = (newest < 0 || hit.cas() > ((Lookup.Hit) value(answers[newest])).cas()) ? i : newest;
            }
        }
        boolean equal = largest >= required;
        boolean byVersion = versioned >= required;
        int index = equal ? agreedAt : byVersion ? newest : -1;
        return new Agreed(index, open, Math.max(largest, versioned) + open, required);
    }

    private static int same(Lookup lookup, Pending<Lookup>[] answers) {
        int same = 0;
        for (Pending<Lookup> answer : answers) {
            Lookup other = answer.value();
            same += other != null && isSame(lookup, other) ? 1 : 0;
        }
        return same;
    }

    private static boolean isSame(Lookup one, Lookup other) {
        if (one instanceof Lookup.Hit hit) {
            return other instanceof Lookup.Hit second && isSame(hit, second);
        }
        return other instanceof Lookup.Miss;
    }

    private static boolean isSame(Lookup.Hit one, Lookup.Hit other) {
        if (one.stale() != other.stale() || one.flags() != other.flags()) {
            return false;
        }
        return !one.hasValue() || !other.hasValue() || one.value().equals(other.value());
    }

    /** Returns whether both have versions, and the first one's is lower. */
    static boolean isOlder(Lookup.Hit hit, Lookup.Hit than) {
        return hit.cas() >= FIRST_VERSION && hit.cas() < than.cas();
    }

    boolean isDecided() {
        return index >= 0;
    }

    /** Returns whether no answer that is still to come can make enough zones agree. */
    boolean isImpossible() {
        return index < 0 && best < required;
    }

    boolean isComplete() {
        return open == 0;
    }

    Lookup lookup(Pending<Lookup>[] answers) {
        return value(answers[index]);
    }

    private static Lookup value(Pending<Lookup> answer) {
        return Objects.requireNonNull(answer.value(), "answered");
    }
}
