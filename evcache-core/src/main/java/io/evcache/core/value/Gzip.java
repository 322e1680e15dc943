package io.evcache.core.value;

import io.evcache.core.error.CodecFailure;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** The JDK's gzip, with a bound on what comes out. */
final class Gzip {

    private static final int TRAILER_BYTES = 8;
    private static final int SIZE_AT_END = 4;

    private static final int INPUT_BUFFER_BYTES = 4_096;

    private Gzip() {}

    static byte[] compress(byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length / 2 + TRAILER_BYTES);
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return out.toByteArray();
    }

    /** Returns what was compressed; refuses more than {@code limit} bytes before they are allocated. */
    static byte[] inflate(byte[] bytes, int limit) {
        long claimed = claimedSize(bytes);
        if (claimed > limit) {
            throw tooLarge(bytes, limit);
        }
        try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes), INPUT_BUFFER_BYTES)) {
            byte[] content = in.readNBytes(limit); // grows with what really comes
            if (in.read() >= 0) {
                throw tooLarge(bytes, limit);
            }
            return content;
        } catch (IOException e) {
            throw new CodecFailure("gzip of " + bytes.length + " bytes is damaged: " + e.getMessage(), e);
        }
    }

    /** What the last four bytes say, which an honest writer fills with the size. */
    private static long claimedSize(byte[] bytes) {
        if (bytes.length < TRAILER_BYTES) {
            return 0; // damaged, as reading it will show
        }
        ByteBuffer trailer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        return Integer.toUnsignedLong(trailer.getInt(bytes.length - SIZE_AT_END));
    }

    private static CodecFailure tooLarge(byte[] bytes, int limit) {
        return new CodecFailure(
                "gzip of " + bytes.length + " bytes has more content than the " + limit + " bytes allowed for it");
    }
}
