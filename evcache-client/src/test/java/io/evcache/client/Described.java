package io.evcache.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.evcache.core.error.CodecFailure;
import io.evcache.core.value.Codec;
import io.evcache.core.value.EncodedValue;
import io.evcache.core.value.ValueFlags;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;

/**
 * A value that says whose it is, so that a wrong one cannot pass for right.
 *
 * <pre>
 * offset  length  meaning
 * 0       4       CRC-32 of all that follows
 * 4       4       length of the whole
 * 8       8       sequence number of the write
 * 16      2       length of the key
 * 18      n       key
 * 18+n    m       padding: the low byte of the sequence number
 * </pre>
 */
record Described(String key, long sequence, int padding) {
    private static final int HEAD = 18;

    static final Codec<Described> CODEC = new Codec<>() {
        @Override
        public EncodedValue encode(Described value) {
            byte[] key = value.key.getBytes(UTF_8);
            byte[] bytes = new byte[HEAD + key.length + value.padding];
            ByteBuffer out = ByteBuffer.wrap(bytes);
            out.putInt(0)
                    .putInt(bytes.length)
                    .putLong(value.sequence)
                    .putShort((short) key.length)
                    .put(key);
            while (out.hasRemaining()) {
                out.put((byte) value.sequence);
            }
            return new EncodedValue(out.putInt(0, checksum(bytes)).array(), ValueFlags.BYTES);
        }

        @Override
        public Described decode(EncodedValue value) {
            ByteBuffer in = ByteBuffer.wrap(value.bytes());
            if (value.length() < HEAD
                    || value.flags() != ValueFlags.BYTES
                    || in.getInt() != checksum(value.bytes())
                    || in.getInt() != value.length()) {
                throw new CodecFailure("damaged: " + value);
            }
            long sequence = in.getLong();
            byte[] key = new byte[in.getShort()];
            in.get(key);
            return new Described(new String(key, UTF_8), sequence, in.remaining());
        }
    };

    private static int checksum(byte[] bytes) {
        CRC32 crc = new CRC32();
        crc.update(bytes, Integer.BYTES, bytes.length - Integer.BYTES);
        return (int) crc.getValue();
    }
}
