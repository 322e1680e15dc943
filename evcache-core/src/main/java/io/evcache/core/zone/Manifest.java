package io.evcache.core.zone;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.evcache.core.key.Key;
import io.evcache.core.value.EncodedValue;
import io.evcache.core.value.ValueFlags;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * What is stored under the key of a large value: where its chunks are and what they must add up to.
 *
 * <pre>
 * offset   length   meaning
 * 0        1        format, 1
 * 1        4        flags of the value
 * 5        4        length of the value
 * 9        4        length of each chunk but the last, which has the rest
 * 13       4        CRC-32C of the value
 * 17       1        n
 * 18       n        generation, 1 to 64 ASCII characters
 * </pre>
 *
 * <p>Numbers are big endian. The item's flags are {@code 0x00010800}: bytes, and the mark of a manifest. A chunk's flags are {@code 0x0800}, and its key is the
 * value's key, {@code #}, the generation, a dot, and its number from 0; where that is too long, the value's key is cut. Since no two writes share
 * a generation, no two share a chunk.
 *
 * @param flags of the value itself
 */
record Manifest(int flags, int totalBytes, int chunkBytes, int checksum, String generation) {

    static final int ITEM_FLAGS = ValueFlags.MANIFEST | ValueFlags.BYTES;

    private static final int FORMAT = 1;
    private static final int FIXED_BYTES = 18;
    private static final int MAX_GENERATION_CHARS = 64;

    static Manifest of(EncodedValue value, int chunkBytes, String generation) {
        return new Manifest(value.flags(), value.length(), chunkBytes, checksum(value.bytes()), generation);
    }

    static boolean is(int flags) {
        return (flags & ValueFlags.MANIFEST) != 0;
    }

    /** Empty if the bytes are no manifest, because something was appended or worse. */
    static Optional<Manifest> read(EncodedValue item) {
        if (item.flags() != ITEM_FLAGS) {
            return Optional.empty();
        }
        try {
            ByteBuffer bytes = ByteBuffer.wrap(item.bytes());
            int format = bytes.get();
            int flags = bytes.getInt();
            int totalBytes = bytes.getInt();
            int chunkBytes = bytes.getInt();
            int checksum = bytes.getInt();
            byte[] generation = new byte[bytes.get()];
            bytes.get(generation);
            Manifest manifest = new Manifest(flags, totalBytes, chunkBytes, checksum, new String(generation, US_ASCII));
            return format == FORMAT && !bytes.hasRemaining() && manifest.isPlausible()
                    ? Optional.of(manifest)
                    : Optional.empty();
        } catch (BufferUnderflowException | NegativeArraySizeException e) {
            return Optional.empty();
        }
    }

    private boolean isPlausible() {
        return chunkBytes > 0
                && totalBytes > 0
                && chunks() <= BigValues.MAX_CHUNKS
                && !generation.isEmpty()
                && generation.length() <= MAX_GENERATION_CHARS
                && generation.chars().allMatch(c -> c > 0x20 && c < 0x7F);
    }

    EncodedValue toItem() {
        byte[] name = generation.getBytes(US_ASCII);
        ByteBuffer bytes = ByteBuffer.allocate(FIXED_BYTES + name.length)
                .put((byte) FORMAT)
                .putInt(flags)
                .putInt(totalBytes)
                .putInt(chunkBytes)
                .putInt(checksum)
                .put((byte) name.length)
                .put(name);
        return new EncodedValue(bytes.array(), ITEM_FLAGS);
    }

    int chunks() {
        return (int) (((long) totalBytes + chunkBytes - 1) / chunkBytes);
    }

    int chunkStart(int chunk) {
        return chunk * chunkBytes;
    }

    int chunkLength(int chunk) {
        return Math.min(chunkBytes, totalBytes - chunkStart(chunk));
    }

    Key chunkKey(Key key, int chunk) {
        byte[] suffix = ("#" + generation + "." + chunk).getBytes(US_ASCII);
        int kept = Math.min(key.length(), Key.MAX_BYTES - suffix.length);
        byte[] bytes = Arrays.copyOf(key.bytes(), kept + suffix.length);
        System.arraycopy(suffix, 0, bytes, kept, suffix.length);
        return Key.ofBytes(bytes);
    }

    /** The piece of the value as an item of its own; copied now, so that only what is on its way is in memory twice. */
    EncodedValue chunk(byte[] value, int chunk) {
        int start = chunkStart(chunk);
        return new EncodedValue(Arrays.copyOfRange(value, start, start + chunkLength(chunk)), ValueFlags.BYTES);
    }

    boolean isWhole(byte[] value) {
        return checksum(value) == checksum;
    }

    private static int checksum(byte[] value) {
        CRC32C crc = new CRC32C();
        crc.update(value, 0, value.length);
        return (int) crc.getValue();
    }
}
