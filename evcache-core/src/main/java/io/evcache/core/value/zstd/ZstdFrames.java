package io.evcache.core.value.zstd;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import io.evcache.core.error.CodecFailure;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Zstandard frames as {@code zstd-jni} makes and reads them. Every call fails with a {@link LinkageError} where that library is not there. */
public final class ZstdFrames {

    /** What to add to an application that needs this class. */
    public static final String COORDINATE = "com.github.luben:zstd-jni";

    /** A frame may ask its reader for a window of up to 2 GiB of native memory. Regular levels need 8 MiB at most. */
    private static final int MAX_WINDOW_LOG = 23;

    private ZstdFrames() {}

    /** Loads the native library, so that what is missing is known before the first value. */
    public static void requireLibrary() {
        int unused = Zstd.maxCompressionLevel();
    }

    /** Returns the bytes as one frame that tells its content's size. */
    public static byte[] compress(byte[] bytes, int level) {
        return Zstd.compress(bytes, level);
    }

    /**
     * Returns the content of a frame.
     *
     * @param limit more content than this is refused, before it is allocated
     * @throws CodecFailure if the frame is damaged or too large
     */
    public static byte[] decompress(byte[] frame, int limit) {
        long size = Zstd.getFrameContentSize(frame);
        if (size > limit) {
            throw tooLarge(frame, limit);
        }
        try {
            return size >= 0 ? decompressKnown(frame, (int) size) : decompressStream(frame, limit);
        } catch (ZstdException e) {
            throw damaged(frame, String.valueOf(e.getMessage()), e);
        }
    }

    private static byte[] decompressKnown(byte[] frame, int size) {
        byte[] content = new byte[size];
        long written = Zstd.decompressByteArray(content, 0, size, frame, 0, frame.length);
        if (written != size) {
            throw damaged(frame, "its content is shorter than it says", null);
        }
        return content;
    }

    /** For frames of writers that did not know the size when they began. */
    private static byte[] decompressStream(byte[] frame, int limit) {
        try (ZstdInputStreamNoFinalizer in = new ZstdInputStreamNoFinalizer(new ByteArrayInputStream(frame))) {
            byte[] content = in.setLongMax(MAX_WINDOW_LOG).readNBytes(limit);
            if (in.read() >= 0) {
                throw tooLarge(frame, limit);
            }
            return content;
        } catch (IOException e) {
            throw damaged(frame, String.valueOf(e.getMessage()), e);
        }
    }

    private static CodecFailure tooLarge(byte[] frame, int limit) {
        return new CodecFailure("zstd frame of " + frame.length + " bytes has more content than the " + limit
                + " bytes allowed for it");
    }

    private static CodecFailure damaged(byte[] frame, String how, @Nullable Exception cause) {
        return new CodecFailure("zstd frame of " + frame.length + " bytes is damaged: " + how, cause);
    }
}
