package io.evcache.client.netflix;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.zip.Adler32;
import java.util.zip.CRC32;
import java.util.zip.Checksum;

/** The hashes by which Netflix's client shortens keys, under the names of its configuration. Digests that are numbers are little endian. */
public enum KeyHash {
    /** SipHash-2-4 with the key 00 01 … 0f; what that client does unless told otherwise. */
    SIPHASH24 {
        @Override
        byte[] digest(byte[] key) {
            return littleEndian(SipHash.hash(key));
        }
    },
    /** MurmurHash3, 128 bits, x64, seed 0. */
    MURMUR3 {
        @Override
        byte[] digest(byte[] key) {
            return Murmur3.hash(key);
        }
    },
    /** MD5, 16 bytes. */
    MD5 {
        @Override
        byte[] digest(byte[] key) {
            return message("MD5", key);
        }
    },
    /** SHA-1, 20 bytes. */
    SHA1 {
        @Override
        byte[] digest(byte[] key) {
            return message("SHA-1", key);
        }
    },
    /** SHA-256, 32 bytes. */
    SHA256 {
        @Override
        byte[] digest(byte[] key) {
            return message("SHA-256", key);
        }
    },
    /** CRC-32, 4 bytes: two keys in some tens of thousands share one, and are misses for each other. */
    CRC32 {
        @Override
        byte[] digest(byte[] key) {
            return checksum(new CRC32(), key);
        }
    },
    /** Adler-32, 4 bytes; collides more often still for short keys. */
    ADLER32 {
        @Override
        byte[] digest(byte[] key) {
            return checksum(new Adler32(), key);
        }
    };

    abstract byte[] digest(byte[] key);

    static byte[] littleEndian(long number) {
        return ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(number)
                .array();
    }

    private static byte[] checksum(Checksum checksum, byte[] key) {
        checksum.update(key);
        return ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt((int) checksum.getValue())
                .array();
    }

    private static byte[] message(String algorithm, byte[] key) {
        try {
            return MessageDigest.getInstance(algorithm).digest(key);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has " + algorithm, e);
        }
    }
}
