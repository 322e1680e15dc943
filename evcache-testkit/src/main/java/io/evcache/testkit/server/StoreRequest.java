package io.evcache.testkit.server;

/**
 * What a storage command asks for, filled from its line and kept until its data block is complete. One instance per
 * connection is used again and again; confined to it.
 */
final class StoreRequest {
    /** How to store; CAS is "set, if the CAS matches". */
    enum Mode {
        SET,
        ADD,
        REPLACE,
        APPEND,
        PREPEND,
        CAS
    }

    /** What became of it. */
    enum Outcome {
        STORED,
        NOT_STORED,
        EXISTS,
        NOT_FOUND
    }

    Mode mode = Mode.SET;
    byte[] keySource = Words.NONE;
    int keyOffset;
    int keyLength;
    boolean binaryKey;
    int flags;
    long expiry;
    byte[] value = Words.NONE;

    /** The CAS to compare with; 0 compares with nothing. */
    long compareCas;
    /** The CAS to give the item; 0 takes the server's next one. */
    long newCas;
    /** An older compare-CAS stores all the same, but marks the item stale. */
    boolean invalidate;
    /** APPEND and PREPEND create a missing item, expiring at {@link #vivifyExpiry}. */
    boolean vivify;

    long vivifyExpiry;

    /** Set by the store: the CAS of the item now stored, 0 when nothing was. */
    long storedCas;
    /** Set by the store: the size of the value now stored, or of the one refused. */
    int storedBytes;

    void reset(Mode mode) {
        this.mode = mode;
        binaryKey = false;
        flags = 0;
        expiry = 0;
        value = Words.NONE;
        compareCas = 0;
        newCas = 0;
        invalidate = false;
        vivify = false;
        storedCas = 0;
        storedBytes = 0;
    }

    void key(byte[] source, int offset, int length) {
        keySource = source;
        keyOffset = offset;
        keyLength = length;
    }
}
