package io.evcache.core.value;

import io.evcache.core.error.CodecFailure;

/** The one sentence for a value that some other codec wrote. */
final class FlagMismatch {

    private FlagMismatch() {}

    static CodecFailure of(EncodedValue value, String expected) {
        return new CodecFailure("value of " + value.length() + " bytes has flags " + ValueFlags.describe(value.flags())
                + ", expected " + expected);
    }
}
