package io.evcache.testkit.server;

import java.util.Arrays;
import java.util.Base64;

/**
 * The flags of a meta command, checked and read before it does anything. The same letters are known to every meta
 * command; one that has no meaning for it is read and ignored. Confined to its connection.
 */
final class MetaFlags {
    static final int MAX_KEY_BYTES = 250;

    private static final int MAX_OPAQUE_BYTES = 31;
    private static final int MAX_TOKENS = 19;
    private static final String PLAIN_LETTERS = "LPbcfhklqstuv";

    private final Dialect dialect;

    boolean binaryKey;
    boolean wantsValue;
    boolean quiet;
    boolean keepOutOfLru;
    boolean dropValue;
    boolean invalidate;
    boolean hasTtl;
    boolean vivify;
    boolean recache;
    boolean hasCompareCas;
    char mode;
    int clientFlags;
    long expiry;
    long vivifyExpiry;
    long recacheExpiry;
    long compareCas;
    long newCas;
    long delta;
    long initial;

    byte[] keySource = Words.NONE;
    int keyOffset;
    int keyLength;

    MetaFlags(Dialect dialect) {
        this.dialect = dialect;
    }

    /** Whether the line, command and key included, has more words than the real server splits it into. */
    static boolean areTooMany(CommandLine line) {
        return line.count() > MAX_TOKENS;
    }

    /** Reads the key and all flags from token {@code first} on; returns the error line, or {@link Words#NONE}. */
    byte[] read(CommandLine line, int first, ServerClock clock) {
        reset();
        keySource = line.bytes();
        keyOffset = line.start(1);
        keyLength = line.length(1);
        long seen = 0;
        for (int token = first; token < line.count(); token++) {
            byte letter = line.head(token);
            if (letter < 'A' || letter > 'z') {
                return Words.INVALID_FLAG;
            }
            long bit = 1L << (letter - 'A');
            if ((seen & bit) != 0) {
                return Words.DUPLICATE_FLAG;
            }
            seen |= bit;
            byte[] error = readFlag(line, token, (char) letter, clock);
            if (error.length != 0) {
                return error;
            }
        }
        return Words.NONE;
    }

    private void reset() {
        binaryKey = false;
        wantsValue = false;
        quiet = false;
        keepOutOfLru = false;
        dropValue = false;
        invalidate = false;
        hasTtl = false;
        vivify = false;
        recache = false;
        hasCompareCas = false;
        mode = 0;
        clientFlags = 0;
        expiry = 0;
        compareCas = 0;
        newCas = 0;
        delta = 1;
        initial = 0;
    }

    private byte[] readFlag(CommandLine line, int token, char letter, ServerClock clock) {
        switch (letter) {
            case 'b' -> {
                return decodeKey(line);
            }
            case 'v' -> wantsValue = true;
            case 'q' -> quiet = true;
            case 'u' -> keepOutOfLru = true;
            case 'I' -> invalidate = true;
            case 'O' -> {
                return line.length(token) - 1 > MAX_OPAQUE_BYTES ? Words.LONG_OPAQUE : Words.NONE;
            }
            case 'M' -> {
                if (line.length(token) != 2) {
                    return Words.MODE_LENGTH;
                }
                mode = (char) line.at(token, 1);
            }
            case 'T', 'N', 'R' -> {
                return readTime(line, token, letter, clock);
            }
            case 'C', 'D', 'E', 'F', 'J' -> {
                return readNumber(line, token, letter);
            }
            case 'x' -> {
                dropValue = true;
                return dialect.explicitCas() ? Words.NONE : Words.INVALID_FLAG;
            }
            default -> {
                return PLAIN_LETTERS.indexOf(letter) >= 0 ? Words.NONE : Words.INVALID_FLAG;
            }
        }
        return Words.NONE;
    }

    /** Points the key at the decoded bytes of the line's second word; returns the error line, or {@link Words#NONE}. */
    byte[] decodeKey(CommandLine line) {
        keySource = line.bytes();
        keyOffset = line.start(1);
        keyLength = line.length(1);
        // The standard alphabet, and only with its padding.
        if (keyLength % 4 != 0) {
            return Words.UNDECODABLE_KEY;
        }
        try {
            keySource = Base64.getDecoder().decode(Arrays.copyOfRange(keySource, keyOffset, keyOffset + keyLength));
            keyOffset = 0;
            keyLength = keySource.length;
            binaryKey = true;
            return Words.NONE;
        } catch (IllegalArgumentException e) {
            return Words.UNDECODABLE_KEY;
        }
    }

    private byte[] readTime(CommandLine line, int token, char letter, ServerClock clock) {
        if (!line.signed(token, 1)) {
            return Words.BAD_TOKEN;
        }
        long at = clock.expiry((int) line.number());
        switch (letter) {
            case 'T' -> {
                hasTtl = true;
                expiry = at;
            }
            case 'N' -> {
                vivify = true;
                vivifyExpiry = at;
            }
            default -> {
                recache = true;
                recacheExpiry = at;
            }
        }
        return Words.NONE;
    }

    private byte[] readNumber(CommandLine line, int token, char letter) {
        if (letter == 'E' && !dialect.explicitCas()) {
            return Words.INVALID_FLAG;
        }
        boolean read = line.unsigned(token, 1);
        long number = line.number();
        switch (letter) {
            case 'C' -> {
                hasCompareCas = true;
                compareCas = number;
                return read ? Words.NONE : Words.BAD_TOKEN;
            }
            case 'D' -> {
                delta = number;
                return read ? Words.NONE : Words.BAD_META_DELTA;
            }
            case 'E' -> {
                newCas = number;
                return read ? Words.NONE : Words.BAD_TOKEN;
            }
            case 'F' -> {
                clientFlags = (int) number;
                return read ? Words.NONE : Words.BAD_FORMAT;
            }
            default -> {
                initial = number;
                return read ? Words.NONE : Words.BAD_META_INITIAL;
            }
        }
    }
}
