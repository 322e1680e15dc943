package io.evcache.replication.mutation;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.evcache.core.error.IllegalKeyException;
import io.evcache.core.key.Key;
import io.evcache.replication.mutation.Mutation.Operation;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a mutation in Kafka. The record's key is the cache key as it is, so that all mutations of a key share a partition and their order; the
 * record's value is this, all numbers little endian:
 *
 * <pre>
 * offset  length  meaning
 * 0       1       magic, 0xE7
 * 1       1       schema, 1
 * 2       1       operation: 1 set, 2 delete, 3 touch
 * 3       1       flags, 0; readers ignore them
 * 4       8       version, above zero
 * 12      4       expiry in seconds since 1970, unsigned; 0 for none
 * 16      4       length of the value in bytes
 * 20      …       any number of fields: 1 byte type · 2 bytes length n, unsigned · n bytes
 *
 * type    field
 * 0x81    region of origin, UTF-8; exactly one
 * 0x02    zone of origin, UTF-8; at most one
 * 0x03    zone that did not take the write, UTF-8; any number
 * </pre>
 *
 * <p>A reader skips a field whose type it does not know, unless the type's highest bit is set: then the mutation cannot be understood without it, and is
 * refused. A new schema number means a new layout of the first 20 bytes; readers learn it one release before writers use it.
 */
public final class MutationCodec {
    static final int MAGIC = 0xE7;
    static final int SCHEMA = 1;
    static final int HEADER_BYTES = 20;
    static final int CRITICAL = 0x80;

    private static final int ORIGIN_REGION = 0x81;
    private static final int ORIGIN_ZONE = 0x02;
    private static final int MISSED_ZONE = 0x03;
    private static final int FIELD_HEADER_BYTES = 3;

    private MutationCodec() {}

    /** Returns the record's value. */
    public static byte[] encode(Mutation mutation) {
        byte[] region = mutation.originRegion().getBytes(UTF_8);
        byte[] zone = mutation.originZone().getBytes(UTF_8);
        List<byte[]> missed = mutation.missedZones().stream()
                .map(name -> name.getBytes(UTF_8))
                .toList();
        int length = HEADER_BYTES + FIELD_HEADER_BYTES + region.length;
        length += zone.length == 0 ? 0 : FIELD_HEADER_BYTES + zone.length;
        for (byte[] name : missed) {
            length += FIELD_HEADER_BYTES + name.length;
        }
        ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put((byte) MAGIC)
                .put((byte) SCHEMA)
                .put(code(mutation.operation()))
                .put((byte) 0);
        bytes.putLong(mutation.version()).putInt((int) mutation.expiresAt()).putInt(mutation.valueBytes());
        putField(bytes, ORIGIN_REGION, region);
        if (zone.length > 0) {
            putField(bytes, ORIGIN_ZONE, zone);
        }
        missed.forEach(name -> putField(bytes, MISSED_ZONE, name));
        return bytes.array();
    }

    /**
     * Reads a record.
     *
     * @param key the record's key; owned by the mutation from now on
     * @param value the record's value
     * @throws MalformedMutation if either is missing or is not what this release understands
     */
    public static Mutation decode(byte @Nullable [] key, byte @Nullable [] value) throws MalformedMutation {
        if (key == null || value == null) {
            throw new MalformedMutation("record has no " + (key == null ? "key" : "value"));
        }
        try {
            return decode(Key.ofBytes(key), ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN));
        } catch (BufferUnderflowException e) {
            throw new MalformedMutation("record of " + value.length + " bytes ends within a field", e);
        } catch (IllegalKeyException | IllegalArgumentException e) {
            throw new MalformedMutation(String.valueOf(e.getMessage()), e);
        }
    }

    private static Mutation decode(Key key, ByteBuffer bytes) throws MalformedMutation {
        int magic = bytes.get() & 0xFF;
        int schema = bytes.get() & 0xFF;
        if (magic != MAGIC || schema != SCHEMA) {
            throw new MalformedMutation(
                    "not a mutation of schema " + SCHEMA + ": magic " + magic + ", schema " + schema);
        }
        Operation operation = operation(bytes.get());
        bytes.get(); // flags
        long version = bytes.getLong();
        long expiresAt = Integer.toUnsignedLong(bytes.getInt());
        int valueBytes = bytes.getInt();
        String region = "";
        String zone = "";
        List<String> missed = new ArrayList<>();
        while (bytes.hasRemaining()) {
            int type = bytes.get() & 0xFF;
            byte[] content = content(bytes);
            switch (type) {
                case ORIGIN_REGION -> region = new String(content, UTF_8);
                case ORIGIN_ZONE -> zone = new String(content, UTF_8);
                case MISSED_ZONE -> missed.add(new String(content, UTF_8));
                default -> requireOptional(type);
            }
        }
        return new Mutation(operation, key, version, expiresAt, valueBytes, region, zone, missed);
    }

    private static void putField(ByteBuffer bytes, int type, byte[] content) {
        bytes.put((byte) type).putShort((short) content.length).put(content);
    }

    /** Looks at the length before it makes an array of it. */
    private static byte[] content(ByteBuffer bytes) {
        int length = bytes.getShort() & 0xFFFF;
        if (length > bytes.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] content = new byte[length];
        bytes.get(content);
        return content;
    }

    private static void requireOptional(int type) throws MalformedMutation {
        if ((type & CRITICAL) != 0) {
            throw new MalformedMutation(
                    "field of type " + type + " must be understood and is not known to this release");
        }
    }

    private static byte code(Operation operation) {
        return switch (operation) {
            case SET -> 1;
            case DELETE -> 2;
            case TOUCH -> 3;
        };
    }

    private static Operation operation(byte code) throws MalformedMutation {
        return switch (code) {
            case 1 -> Operation.SET;
            case 2 -> Operation.DELETE;
            case 3 -> Operation.TOUCH;
            default -> throw new MalformedMutation("unknown operation " + code);
        };
    }
}
