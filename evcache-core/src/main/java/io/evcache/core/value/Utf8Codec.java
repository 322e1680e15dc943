package io.evcache.core.value;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.evcache.core.error.CodecFailure;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;

/** Text. The JDK's fast conversions replace what they cannot convert, so both directions look for that. */
final class Utf8Codec implements Codec<String> {

    static final Utf8Codec INSTANCE = new Utf8Codec();

    private static final char REPLACEMENT = '\uFFFD';

    private Utf8Codec() {}

    @Override
    public EncodedValue encode(String value) {
        requireNonNull(value, "value");
        requireEncodable(value);
        return new EncodedValue(value.getBytes(UTF_8), ValueFlags.STRING);
    }

    private static void requireEncodable(String value) {
        int i = 0;
        while (i < value.length()) {
            char c = value.charAt(i);
            if (!Character.isSurrogate(c)) {
                i++;
                continue;
            }
            boolean paired = Character.isHighSurrogate(c)
                    && i + 1 < value.length()
                    && Character.isLowSurrogate(value.charAt(i + 1));
            if (!paired) {
                throw new CodecFailure("text of " + value.length() + " characters has an unpaired surrogate at index "
                        + i + ", which has no UTF-8 form");
            }
            i += 2;
        }
    }

    @Override
    public String decode(EncodedValue value) {
        if (value.flags() != ValueFlags.STRING) {
            throw FlagMismatch.of(value, "a UTF-8 string");
        }
        String text = new String(value.bytes(), UTF_8);
        if (text.indexOf(REPLACEMENT) >= 0) {
            requireWellFormed(value);
        }
        return text;
    }

    /** Slow, and needed only where a replacement character appeared: it may have been stored as such. */
    private static void requireWellFormed(EncodedValue value) {
        try {
            UTF_8.newDecoder().decode(ByteBuffer.wrap(value.bytes()));
        } catch (CharacterCodingException e) {
            throw new CodecFailure("value of " + value.length() + " bytes is not valid UTF-8", e);
        }
    }

    @Override
    public String toString() {
        return "Utf8";
    }
}
