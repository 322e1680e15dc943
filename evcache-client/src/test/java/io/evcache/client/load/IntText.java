package io.evcache.client.load;

import io.evcache.core.value.Codec;
import io.evcache.core.value.EncodedValue;

/** Numbers as text. */
final class IntText implements Codec<Integer> {
    private static final Codec<String> TEXT = Codec.utf8();

    @Override
    public EncodedValue encode(Integer value) {
        return TEXT.encode(value.toString());
    }

    @Override
    public Integer decode(EncodedValue value) {
        return Integer.valueOf(TEXT.decode(value));
    }
}
