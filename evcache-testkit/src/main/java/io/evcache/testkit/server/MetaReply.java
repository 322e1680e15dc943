package io.evcache.testkit.server;

import java.util.Arrays;
import java.util.Base64;

/** The tokens that several meta replies share: {@code k} (with {@code b}) and {@code O}. Confined to its connection. */
final class MetaReply {
    private final CommandLine line;
    private final MetaFlags flags;
    private final ReplyBuffer out;

    MetaReply(CommandLine line, MetaFlags flags, ReplyBuffer out) {
        this.line = line;
        this.flags = flags;
        this.out = out;
    }

    /** The reply of a command that found or changed nothing: its word and, if asked for, key and opaque. */
    void bare(byte[] word, int firstFlag) {
        out.put(word);
        for (int token = firstFlag; token < line.count(); token++) {
            shared(token);
        }
        out.crlf();
    }

    /** Writes the token if it is one of the shared ones. */
    void shared(int token) {
        byte letter = line.head(token);
        if (letter == 'O') {
            out.put(' ').put(line.bytes(), line.start(token), line.length(token));
        } else if (letter == 'k') {
            key(flags.binaryKey);
        }
    }

    void key(boolean encoded) {
        out.flag('k');
        if (encoded) {
            byte[] key = Arrays.copyOfRange(flags.keySource, flags.keyOffset, flags.keyOffset + flags.keyLength);
            out.put(Base64.getEncoder().encode(key)).flag('b');
        } else {
            out.put(flags.keySource, flags.keyOffset, flags.keyLength);
        }
    }

    /** Seconds left, as {@code t} prints them: -1 for never, and 32 bits of whatever else comes out. */
    void timeLeft(StoredItem item, ServerClock clock) {
        out.flag('t');
        if (item.expiry == 0) {
            out.signed(-1);
        } else {
            out.unsigned((item.expiry - clock.now()) & 0xffffffffL);
        }
    }

    void cas(long cas) {
        out.flag('c').unsigned(cas);
    }
}
