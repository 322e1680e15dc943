package io.evcache.core.value;

import static java.util.Objects.requireNonNull;

import io.evcache.core.error.CodecFailure;
import java.time.Instant;
import java.util.Date;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Values of several types in one cache, in the layout of the EVCache and spymemcached transcoders, bit for bit.
 *
 * <pre>
 * type      flags    payload
 * String    0        UTF-8
 * Boolean   0x0100   one byte, '1' or '0'
 * Integer   0x0200   0–4 bytes, packed: big endian, leading zero bytes removed
 * Long      0x0300   0–8 bytes, packed
 * Date      0x0400   milliseconds since 1970, packed like Long
 * Byte      0x0500   one byte; none reads as 0
 * Float     0x0600   the raw bits, packed like Integer
 * Double    0x0700   the raw bits, packed like Long
 * byte[]    0x0800   as is
 * others    0x0001   a serialised Java object; refused unless allowed
 * </pre>
 *
 * <p>For caches that are shared with those clients, or migrated from them; a cache of one type is better served by the codec of that type. EVCache's
 * clients also compress: {@code StandardCodec.create().compressed(Compression.evcache())} writes and reads what they do.
 */
public final class StandardCodec implements Codec<Object> {

    private static final byte TRUE = '1';
    private static final byte FALSE = '0';

    private final @Nullable SerializedObjects serialized;

    private StandardCodec(@Nullable SerializedObjects serialized) {
        this.serialized = serialized;
    }

    /** Reads and writes the types of the table; every other class, and every serialised object, is refused. */
    public static StandardCodec create() {
        return new StandardCodec(null);
    }

    /** Reads and writes what Netflix's EVCache client does: the types of the table, gzip above 120 bytes, gzip and zstd when read. Use {@link #allowing} and {@link Codec#compressed} for serialised objects. */
    public static Codec<Object> evCache() {
        return create().compressed(Compression.evcache());
    }

    /** Reads and writes what spymemcached and xmemcached do as they come: the types of the table, gzip above 16,384 bytes. */
    public static Codec<Object> spymemcached() {
        return create().compressed(Compression.spymemcached());
    }

    /** Returns a codec that also reads and writes serialised Java objects of these classes, and of no other. */
    public StandardCodec allowing(SerializedObjects objects) {
        return new StandardCodec(requireNonNull(objects, "objects"));
    }

    @Override
    @SuppressWarnings("JavaUtilDate") // a type of the layout
    public EncodedValue encode(Object value) {
        if (value instanceof String text) {
            return Codec.utf8().encode(text);
        }
        if (value instanceof byte[] bytes) {
            return Codec.bytes().encode(bytes);
        }
        if (value instanceof Long number) {
            return new EncodedValue(PackedNumber.pack((long) number), ValueFlags.LONG);
        }
        if (value instanceof Integer number) {
            return new EncodedValue(PackedNumber.pack((int) number), ValueFlags.INT);
        }
        if (value instanceof Boolean flag) {
            return new EncodedValue(new byte[] {flag ? TRUE : FALSE}, ValueFlags.BOOLEAN);
        }
        if (value instanceof Byte number) {
            return new EncodedValue(new byte[] {number}, ValueFlags.BYTE);
        }
        if (value instanceof Float number) {
            return new EncodedValue(PackedNumber.pack(Float.floatToRawIntBits(number)), ValueFlags.FLOAT);
        }
        if (value instanceof Double number) {
            return new EncodedValue(PackedNumber.pack(Double.doubleToRawLongBits(number)), ValueFlags.DOUBLE);
        }
        if (value.getClass() == Date.class) { // a subclass has more to say
            return new EncodedValue(PackedNumber.pack(((Date) value).getTime()), ValueFlags.DATE);
        }
        if (serialized == null) {
            throw new CodecFailure(value.getClass().getName()
                    + " is not a type of the standard layout, and serialised objects are not allowed");
        }
        return new EncodedValue(serialized.write(value), ValueFlags.SERIALIZED);
    }

    @Override
    public Object decode(EncodedValue value) {
        return switch (value.flags()) {
            case ValueFlags.STRING -> Codec.utf8().decode(value);
            case ValueFlags.BYTES -> value.bytes();
            case ValueFlags.LONG -> PackedNumber.unpack(value, Long.BYTES);
            case ValueFlags.INT -> (int) PackedNumber.unpack(value, Integer.BYTES);
            case ValueFlags.BOOLEAN -> decodeBoolean(value);
            case ValueFlags.BYTE -> (byte) PackedNumber.unpack(value, Byte.BYTES);
            case ValueFlags.FLOAT -> Float.intBitsToFloat((int) PackedNumber.unpack(value, Float.BYTES));
            case ValueFlags.DOUBLE -> Double.longBitsToDouble(PackedNumber.unpack(value, Double.BYTES));
            case ValueFlags.DATE -> date(PackedNumber.unpack(value, Long.BYTES));
            case ValueFlags.SERIALIZED -> deserialize(value);
            default -> throw FlagMismatch.of(value, "a type of the standard layout");
        };
    }

    @SuppressWarnings("JavaUtilDate") // a type of the layout
    private static Date date(long millis) {
        return Date.from(Instant.ofEpochMilli(millis));
    }

    private static boolean decodeBoolean(EncodedValue value) {
        if (value.length() == 1) {
            byte flag = value.bytes()[0];
            if (flag == TRUE || flag == FALSE) {
                return flag == TRUE;
            }
        }
        throw new CodecFailure(String.format(
                Locale.ROOT,
                "value of %d bytes with flags %s is neither '1' nor '0'",
                value.length(),
                ValueFlags.describe(value.flags())));
    }

    private Object deserialize(EncodedValue value) {
        if (serialized == null) {
            throw FlagMismatch.of(value, "a type of the standard layout, since serialised objects are not allowed");
        }
        return serialized.read(value.bytes());
    }

    @Override
    public String toString() {
        return serialized == null ? "Standard" : "Standard, " + serialized;
    }
}
