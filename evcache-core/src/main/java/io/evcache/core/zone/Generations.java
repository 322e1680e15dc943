package io.evcache.core.zone;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicLong;

/** Names that no two writes share, in this process or in another: 96 random bits, and a number. For any thread. */
final class Generations {

    private static final int RANDOM_BYTES = 12;
    private static final int RADIX = 36;

    private final String writer;
    private final AtomicLong writes = new AtomicLong();

    Generations() {
        byte[] random = new byte[RANDOM_BYTES];
        new SecureRandom().nextBytes(random);
        this.writer = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    }

    String next() {
        return writer + Long.toString(writes.incrementAndGet(), RADIX);
    }
}
