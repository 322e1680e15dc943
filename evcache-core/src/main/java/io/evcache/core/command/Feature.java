package io.evcache.core.command;

/**
 * What a command may need of a transport or a server beyond plain reads, stores, deletes, touches and counters. A command is never sent where what it needs is missing, since servers ignore some of it without
 * a word.
 */
public enum Feature {
    /** Reads that win leases or elections, and deletes that leave a stale value. */
    LEASES("leases and stale marks", "1.6.12"),
    /** Reads that tell the remaining life. */
    REMAINING_LIFE("the remaining life", "1.6.12"),
    /** Reads that tell size and use of an item, or leave out its value. */
    METADATA("an item's metadata", "1.6.12"),
    /** Reads that give the item a new life. */
    TOUCHING_READS("a new life while reading", "1.6.12"),
    /** Deletes with a condition. */
    CONDITIONAL_DELETES("a condition on a delete", "1.6.13"),
    /** Stores with a condition beside a mode other than set. */
    CONDITIONAL_MODES("a condition beside its mode", "1.6.12"),
    /** Compare-and-store tokens of 2^63 and more. */
    UNSIGNED_TOKENS("a token of 2^63 or more", "1.6.12"),
    /** Flags of 2^31 and more, negative as an {@code int}. */
    UNSIGNED_FLAGS("flags with bit 31", "1.6.12"),
    /** Append and prepend that create what is missing. Older servers ignore it without a word. */
    CREATING_APPENDS("an append that creates", "1.6.20"),
    /** Stores and deletes that choose the item's token. */
    EXPLICIT_VERSIONS("an explicit version", "1.6.27"),
    /** Deletes that keep the item's place without its value. */
    TOMBSTONES("a tombstone", "1.6.27");

    private final String words;
    private final String since;

    Feature(String words, String since) {
        this.words = words;
        this.since = since;
    }

    /** Returns what it is, for messages: {@code an explicit version}. */
    public String words() {
        return words;
    }

    /** Returns the first version of memcached that has it, by the meta protocol. */
    public String since() {
        return since;
    }
}
