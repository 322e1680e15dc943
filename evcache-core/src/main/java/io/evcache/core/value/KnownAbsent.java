package io.evcache.core.value;

/**
 * The mark that a cache keeps in place of a value to remember that there is none: the source of the data was asked, and has no such item.
 *
 * <p>To our own readers it is an item with {@link ValueFlags#KNOWN_ABSENT}. To readers that do not know that bit (EVCache's, spymemcached's, xmemcached's) it is a serialised Java object, and that object is
 * {@code null}, so that they see what they see on a miss: nothing, and with their standard transcoders not even a line in the log.
 */
public final class KnownAbsent {
    /** Java's serialisation of null: magic number, version 5, TC_NULL. Object Serialization Stream Protocol, section 6.4. */
    private static final byte[] SERIALIZED_NULL = {(byte) 0xAC, (byte) 0xED, 0, 5, 0x70};

    private static final EncodedValue MARK =
            new EncodedValue(SERIALIZED_NULL, ValueFlags.SERIALIZED | ValueFlags.KNOWN_ABSENT);

    private KnownAbsent() {}

    /** Returns what is stored in place of a value. */
    public static EncodedValue mark() {
        return MARK;
    }

    /** Returns whether this is such a mark and no value. */
    public static boolean is(EncodedValue value) {
        return (value.flags() & ValueFlags.KNOWN_ABSENT) != 0;
    }
}
