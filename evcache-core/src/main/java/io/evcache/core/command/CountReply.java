package io.evcache.core.command;

/**
 * The reply to an {@link Arithmetic}.
 *
 * @param found whether the counter exists now
 * @param value the counter after the command, unsigned; 0 when not found
 */
public record CountReply(boolean found, long value) implements Reply {
    /** There is no counter, and none was to be created. */
    public static final CountReply NOT_FOUND = new CountReply(false, 0);

    /** Returns the reply with a counter's value. */
    public static CountReply of(long value) {
        return new CountReply(true, value);
    }
}
