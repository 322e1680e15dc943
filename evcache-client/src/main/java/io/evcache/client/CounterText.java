package io.evcache.client;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.evcache.core.error.CodecFailure;
import io.evcache.core.value.Codec;
import io.evcache.core.value.EncodedValue;
import io.evcache.core.value.ValueFlags;

/** Counters as memcached keeps them: unsigned decimal text without flags, with blanks behind a number that has become shorter. */
final class CounterText implements Codec<Long> {
    static final CounterText CODEC = new CounterText();

    private CounterText() {}

    @Override
    public EncodedValue encode(Long value) {
        return new EncodedValue(Long.toUnsignedString(value).getBytes(ISO_8859_1), ValueFlags.STRING);
    }

    @Override
    public Long decode(EncodedValue value) {
        try {
            return Long.parseUnsignedLong(new String(value.bytes(), ISO_8859_1).stripTrailing());
        } catch (NumberFormatException e) {
            throw new CodecFailure("value of " + value.length() + " bytes is not a counter", e);
        }
    }

    @Override
    public String toString() {
        return "Counter";
    }
}
