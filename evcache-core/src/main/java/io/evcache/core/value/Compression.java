package io.evcache.core.value;

import io.evcache.core.error.CodecFailure;
import io.evcache.core.value.zstd.ZstdFrames;

/**
 * When and how values are compressed, and how large a compressed value may become when it is read.
 *
 * <p>A value is compressed if it is longer than the threshold, and stored so only if that made it smaller; then its flags get
 * {@link ValueFlags#COMPRESSED}, and all other bits stay. Readers of the EVCache and spymemcached layout understand gzip; zstd only if they
 * are recent. Reading does not depend on how this is set to write: the first bytes tell gzip from zstd.
 *
 * <p>What arrives may be a bomb, so the size that a value may have after inflating is fixed before anything is allocated: the ratio times
 * its stored length, but at least 1 MiB, and never more than the absolute limit. What would be refused when read is not written compressed.
 *
 * <p>Immutable, for any thread. Use it through {@link Codec#compressed}.
 */
public final class Compression {

    /** Below this a plain value is not worth the CPU on both sides. */
    private static final int DEFAULT_THRESHOLD_BYTES = 4_096;

    /** What EVCache's clients use. */
    private static final int EVCACHE_THRESHOLD_BYTES = 120;

    /** What spymemcached and xmemcached use. */
    private static final int SPYMEMCACHED_THRESHOLD_BYTES = 16_384;

    /** The largest value that the published transcoders accept. */
    private static final int DEFAULT_MAX_INFLATED_BYTES = 20 << 20;

    /** Text and tables stay below 50. */
    private static final int DEFAULT_MAX_RATIO = 100;

    /** So much may come out of the smallest value: runs of zeros reach ratios of a thousand and are harmless when short. */
    private static final int FREE_INFLATED_BYTES = 1 << 20;

    private final Format format;
    private final int thresholdBytes;
    private final int maxInflatedBytes;
    private final int maxRatio;

    private Compression(Format format, int thresholdBytes, int maxInflatedBytes, int maxRatio) {
        this.format = format;
        this.thresholdBytes = thresholdBytes;
        this.maxInflatedBytes = maxInflatedBytes;
        this.maxRatio = maxRatio;
    }

    /** Writes gzip at the JDK's usual level, from 4 KiB on. */
    public static Compression gzip() {
        return new Compression(Format.GZIP, DEFAULT_THRESHOLD_BYTES, DEFAULT_MAX_INFLATED_BYTES, DEFAULT_MAX_RATIO);
    }

    /** Writes what EVCache's own clients write: gzip, for everything longer than 120 bytes. */
    public static Compression evcache() {
        return gzip().withThresholdBytes(EVCACHE_THRESHOLD_BYTES);
    }

    /** Writes what spymemcached and xmemcached write as they come: gzip, for everything longer than 16,384 bytes. */
    public static Compression spymemcached() {
        return gzip().withThresholdBytes(SPYMEMCACHED_THRESHOLD_BYTES);
    }

    /**
     * Writes zstd at level 3, from 4 KiB on: smaller than gzip at a fraction of the CPU. Clients older than EVCache's of 2026 cannot read it.
     *
     * @throws IllegalStateException if {@code com.github.luben:zstd-jni} or its native library cannot be loaded
     */
    public static Compression zstd() {
        try {
            ZstdFrames.requireLibrary();
        } catch (LinkageError e) {
            throw new IllegalStateException(Format.ZSTD_MISSING, e);
        }
        return new Compression(Format.ZSTD, DEFAULT_THRESHOLD_BYTES, DEFAULT_MAX_INFLATED_BYTES, DEFAULT_MAX_RATIO);
    }

    /**
     * Returns this with another threshold. Default 4,096.
     *
     * @param bytes at least 0; values of exactly this length stay plain
     */
    public Compression withThresholdBytes(int bytes) {
        require(bytes >= 0, "threshold must be at least 0 bytes", bytes);
        return new Compression(format, bytes, maxInflatedBytes, maxRatio);
    }

    /**
     * Returns this with another absolute limit on what a value may become. Default 20 MiB.
     *
     * @param bytes at least 1
     */
    public Compression withMaxInflatedBytes(int bytes) {
        require(bytes >= 1, "the limit on inflated values must be at least 1 byte", bytes);
        return new Compression(format, thresholdBytes, bytes, maxRatio);
    }

    /**
     * Returns this with another limit on how many times its stored length a value may become, once it is over 1 MiB. Default 100.
     *
     * @param ratio at least 1
     */
    public Compression withMaxRatio(int ratio) {
        require(ratio >= 1, "the ratio must be at least 1", ratio);
        return new Compression(format, thresholdBytes, maxInflatedBytes, ratio);
    }

    private static void require(boolean holds, String rule, int was) {
        if (!holds) {
            throw new IllegalArgumentException(rule + ", was " + was);
        }
    }

    /** Returns the value compressed and marked so, or the same value where that is not due or does not help. */
    EncodedValue compress(EncodedValue value) {
        int length = value.length();
        boolean compressed = (value.flags() & ValueFlags.COMPRESSED) != 0;
        if (compressed || length <= thresholdBytes || length > maxInflatedBytes) {
            return value;
        }
        byte[] smaller = format.compress(value.bytes());
        boolean worthIt = smaller.length < length && length <= limit(smaller.length);
        return worthIt ? new EncodedValue(smaller, value.flags() | ValueFlags.COMPRESSED) : value;
    }

    /**
     * Returns the value as it was before {@link #compress}; the same value if it is not marked as compressed.
     *
     * @throws CodecFailure if it is in neither format, damaged, or larger than allowed
     */
    EncodedValue inflate(EncodedValue value) {
        if ((value.flags() & ValueFlags.COMPRESSED) == 0) {
            return value;
        }
        byte[] bytes = Format.of(value).inflate(value.bytes(), limit(value.length()));
        return new EncodedValue(bytes, value.flags() & ~ValueFlags.COMPRESSED);
    }

    private int limit(int storedBytes) {
        return (int) Math.min(maxInflatedBytes, Math.max(FREE_INFLATED_BYTES, (long) maxRatio * storedBytes));
    }

    @Override
    public String toString() {
        return format + " above " + thresholdBytes + " bytes";
    }

    /** How bytes are compressed, and how one sees that they were. */
    private enum Format {
        GZIP {
            @Override
            byte[] compress(byte[] bytes) {
                return Gzip.compress(bytes);
            }

            @Override
            byte[] inflate(byte[] bytes, int limit) {
                return Gzip.inflate(bytes, limit);
            }
        },

        ZSTD {
            @Override
            byte[] compress(byte[] bytes) {
                return ZstdFrames.compress(bytes, ZSTD_LEVEL);
            }

            @Override
            byte[] inflate(byte[] bytes, int limit) {
                try {
                    return ZstdFrames.decompress(bytes, limit);
                } catch (LinkageError e) {
                    throw new CodecFailure(
                            "value of " + bytes.length + " bytes is compressed with zstd. " + ZSTD_MISSING, e);
                }
            }
        };

        static final String ZSTD_MISSING =
                "zstd needs " + ZstdFrames.COORDINATE + " with its native library on the class path";

        /** The library's default, and what EVCache's clients use. */
        private static final int ZSTD_LEVEL = 3;

        abstract byte[] compress(byte[] bytes);

        abstract byte[] inflate(byte[] bytes, int limit);

        static Format of(EncodedValue value) {
            byte[] bytes = value.bytes();
            if (startsWith(bytes, 0x1F, 0x8B)) {
                return GZIP;
            }
            if (startsWith(bytes, 0x28, 0xB5, 0x2F, 0xFD)) {
                return ZSTD;
            }
            throw new CodecFailure("value of " + value.length() + " bytes with flags "
                    + ValueFlags.describe(value.flags()) + " is neither gzip nor zstd");
        }

        private static boolean startsWith(byte[] bytes, int... magic) {
            if (bytes.length < magic.length) {
                return false;
            }
            for (int i = 0; i < magic.length; i++) {
                if ((bytes[i] & 0xFF) != magic[i]) {
                    return false;
                }
            }
            return true;
        }
    }
}
