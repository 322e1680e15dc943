package io.evcache.client.netflix;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.evcache.core.error.CodecFailure;
import io.evcache.core.value.EncodedValue;
import io.evcache.core.value.ValueFlags;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * A value together with the whole key that it belongs to, as Netflix's client stores it under the hash of that key. Two layouts, told apart by the first byte; the item's flags are those of a serialised object in both.
 *
 * <pre>
 * serialised: the Java stream of one class, of which only these parts vary
 * offset  length  meaning
 * 0       125     class description, always the same
 * 125     8       when it was stored, milliseconds since 1970
 * …       4       flags of the value
 * …       8       time to live in seconds, as given; 0 for none
 * …       1       0x74
 * …       2 + n   the key in modified UTF-8, after its length
 * …       19      description of an array of bytes, always the same
 * …       4 + n   the value, after its length
 *
 * compact
 * 0       2       0x0C 0x00
 * 2       4 + n   the key in UTF-8, after its length
 * …       4 + n   the value, after its length
 * …       4       flags of the value
 * …       8       time to live in seconds
 * …       8       when it was stored
 * …               anything: reserved
 * </pre>
 *
 * <p>The stream is written from, and compared with, a fixed template. No object is ever deserialised.
 *
 * @param key the whole key, namespace included
 */
record Envelope(String key, EncodedValue value, long ttlSeconds, long storedAtMillis) {
    static final int HEAD_BYTES = 125;

    private static final byte[] HEAD = HexFormat.of()
            .parseHex("aced000573720025636f6d2e6e6574666c69782e657663616368652e706f6f6c2e4556436163686556616c7565"
                    + "2c2a7385e07411c00200054a000a63726561746554696d65490005666c6167734a000374746c4c00036b6579"
                    + "7400124c6a6176612f6c616e672f537472696e673b5b000576616c75657400025b427870");
    private static final byte STRING = 0x74;
    private static final byte[] BYTE_ARRAY = HexFormat.of().parseHex("757200025b42acf317f8060854e00200007870");
    private static final byte COMPACT = 0x0C;

    /** Returns the item to store in the layout that every version of that client reads. */
    EncodedValue serialized() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.write(HEAD);
            out.writeLong(storedAtMillis);
            out.writeInt(value.flags());
            out.writeLong(ttlSeconds);
            out.writeByte(STRING);
            out.writeUTF(key);
            out.write(BYTE_ARRAY);
            out.writeInt(value.length());
            out.write(value.bytes());
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return new EncodedValue(bytes.toByteArray(), ValueFlags.SERIALIZED);
    }

    /** Returns the item to store in the layout of that client's newest versions. */
    EncodedValue compact() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            byte[] keyBytes = key.getBytes(UTF_8);
            out.writeByte(COMPACT);
            out.writeByte(0);
            out.writeInt(keyBytes.length);
            out.write(keyBytes);
            out.writeInt(value.length());
            out.write(value.bytes());
            out.writeInt(value.flags());
            out.writeLong(ttlSeconds);
            out.writeLong(storedAtMillis);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return new EncodedValue(bytes.toByteArray(), ValueFlags.SERIALIZED);
    }

    /**
     * Reads either layout.
     *
     * @throws CodecFailure if it is neither
     */
    static Envelope read(EncodedValue item) {
        byte[] bytes = item.bytes();
        if (item.flags() == ValueFlags.SERIALIZED) {
            try {
                if (bytes.length > HEAD_BYTES && Arrays.equals(bytes, 0, HEAD_BYTES, HEAD, 0, HEAD_BYTES)) {
                    return readSerialized(stream(bytes, HEAD_BYTES));
                }
                if (bytes.length > 1 && bytes[0] == COMPACT && bytes[1] == 0) {
                    return readCompact(stream(bytes, 2));
                }
            } catch (IOException e) {
                throw new CodecFailure(described(item) + " ends too early for an envelope, or holds a wrong length", e);
            }
        }
        throw new CodecFailure(described(item) + " is no envelope of a hashed key");
    }

    private static DataInputStream stream(byte[] bytes, int from) {
        return new DataInputStream(new ByteArrayInputStream(bytes, from, bytes.length - from));
    }

    private static Envelope readSerialized(DataInputStream in) throws IOException {
        long storedAt = in.readLong();
        int flags = in.readInt();
        long ttl = in.readLong();
        if (in.readByte() != STRING) {
            throw new IOException("no key");
        }
        String key = in.readUTF();
        if (!Arrays.equals(read(in, BYTE_ARRAY.length), BYTE_ARRAY)) {
            throw new IOException("no value");
        }
        return new Envelope(key, new EncodedValue(read(in, in.readInt()), flags), ttl, storedAt);
    }

    private static Envelope readCompact(DataInputStream in) throws IOException {
        String key = new String(read(in, in.readInt()), UTF_8);
        byte[] value = read(in, in.readInt());
        int flags = in.readInt();
        long ttl = in.readLong();
        return new Envelope(key, new EncodedValue(value, flags), ttl, in.readLong());
    }

    /** Checked against what is there before anything is allocated. */
    private static byte[] read(DataInputStream in, int length) throws IOException {
        if (length < 0 || length > in.available()) {
            throw new IOException("a length of " + length + " with " + in.available() + " bytes left");
        }
        return in.readNBytes(length);
    }

    private static String described(EncodedValue item) {
        return "value of " + item.length() + " bytes with flags " + ValueFlags.describe(item.flags());
    }
}
