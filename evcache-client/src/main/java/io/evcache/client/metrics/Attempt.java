package io.evcache.client.metrics;

import io.evcache.client.pipeline.Read;
import io.evcache.client.pipeline.ReadPolicy.Agreement;
import io.evcache.client.pipeline.ReadResult;
import java.util.Locale;

/** Which of the zones that were asked answered, as a tag. */
enum Attempt {
    FIRST,
    FALLBACK,
    ALL;

    private final String tag = name().toLowerCase(Locale.ROOT);

    String tag() {
        return tag;
    }

    static Attempt of(Read read, ReadResult result) {
        if (read.policy().agreement() != Agreement.ONE) {
            return ALL;
        }
        return result.attempts() > 1 ? FALLBACK : FIRST;
    }
}
