package io.evcache.core.value;

import java.util.Locale;

/**
 * The meaning of the 32 flag bits that memcached keeps beside each value: the one place that assigns them.
 *
 * <pre>
 * bits    mask         meaning
 * 0       0x00000001   payload is a serialised Java object; only by {@link SerializedObjects}
 * 1       0x00000002   payload is compressed
 * 2–7     0x000000FC   unassigned
 * 8–15    0x0000FF00   type of the payload; 0 is a UTF-8 string
 * 16      0x00010000   payload is the manifest of a value that is stored in chunks
 * 17      0x00020000   alone: an empty value without flags that was really stored, see {@link #EMPTY}
 * 18      0x00040000   no value: the source of the data has no such item; see {@link KnownAbsent}
 * 19–30   0x7FF80000   free for marks of this library; EVCache's and spymemcached's readers ignore bits 16 to 30
 * 31      0x80000000   never set: some clients parse the flags as a signed int
 * </pre>
 *
 * <p>Bits 0 to 15 are the layout of the EVCache and spymemcached transcoders. No type of our own is added to it: their readers take
 * a type that they do not know for a damaged value. So JSON is a {@link #STRING} that every client can read, and binary formats (Smile,
 * protobuf) are {@link #BYTES}; which codec a cache uses is agreed between those who use it.
 */
public final class ValueFlags {

    /** UTF-8 text, and by custom anything that another client wrote without flags. */
    public static final int STRING = 0;

    /** Mark: a serialised Java object. */
    public static final int SERIALIZED = 0x0001;

    /** Mark: the payload is compressed. */
    public static final int COMPRESSED = 0x0002;

    /** One byte, {@code '1'} or {@code '0'}. */
    public static final int BOOLEAN = 0x0100;

    /** 32 bits, big endian, leading zero bytes removed. */
    public static final int INT = 0x0200;

    /** 64 bits, big endian, leading zero bytes removed. */
    public static final int LONG = 0x0300;

    /** Milliseconds since 1970, packed like {@link #LONG}. */
    public static final int DATE = 0x0400;

    /** One byte. */
    public static final int BYTE = 0x0500;

    /** The raw bits of a float, packed like {@link #INT}. */
    public static final int FLOAT = 0x0600;

    /** The raw bits of a double, packed like {@link #LONG}. */
    public static final int DOUBLE = 0x0700;

    /** Bytes as they are. */
    public static final int BYTES = 0x0800;

    /** Where the type is. */
    public static final int TYPE_MASK = 0xFF00;

    /** Mark: the payload says where the chunks of a large value are. Never seen above the zone. */
    public static final int MANIFEST = 0x0001_0000;

    /**
     * What a transport stores for the flags of an empty value that has none, and turns back into none when it reads. The place-holder of a lease is an empty item without flags, too, and
     * only this tells the two apart. Never seen above the transport.
     */
    public static final int EMPTY = 0x0002_0000;

    /** Mark: there is no such item, and the cache remembers that; see {@link KnownAbsent}. */
    public static final int KNOWN_ABSENT = 0x0004_0000;

    /** The bits this library may assign to marks of its own. */
    public static final int OWN_MARKS_MASK = 0x7FFF_0000;

    private ValueFlags() {}

    /** Returns the flags to store with a value of this length: {@link #EMPTY} instead of none for an empty one, else what is given. */
    public static int toStored(int flags, int length) {
        return flags == 0 && length == 0 ? EMPTY : flags;
    }

    /** Returns the flags that {@link #toStored} was given. On a value that is not empty another client has set this bit, and it stays. */
    public static int fromStored(int flags, long length) {
        return flags == EMPTY && length == 0 ? 0 : flags;
    }

    /** Hexadecimal and in words, for messages: {@code 0x0302 (long, compressed)}. */
    public static String describe(int flags) {
        StringBuilder text = new StringBuilder(String.format(Locale.ROOT, "0x%04X (", flags)).append(type(flags));
        if ((flags & COMPRESSED) != 0) {
            text.append(", compressed");
        }
        if ((flags & SERIALIZED) != 0) {
            text.append(", serialised");
        }
        if ((flags & MANIFEST) != 0) {
            text.append(", manifest of a large value");
        }
        if ((flags & KNOWN_ABSENT) != 0) {
            text.append(", known to be absent");
        }
        int unassigned = flags & ~(TYPE_MASK | COMPRESSED | SERIALIZED | MANIFEST | KNOWN_ABSENT);
        if (unassigned != 0) {
            text.append(String.format(Locale.ROOT, ", unknown bits 0x%X", unassigned));
        }
        return text.append(')').toString();
    }

    private static String type(int flags) {
        return switch (flags & TYPE_MASK) {
            case STRING -> "string";
            case BOOLEAN -> "boolean";
            case INT -> "int";
            case LONG -> "long";
            case DATE -> "date";
            case BYTE -> "byte";
            case FLOAT -> "float";
            case DOUBLE -> "double";
            case BYTES -> "bytes";
            default -> "unknown type";
        };
    }
}
