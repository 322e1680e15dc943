package io.evcache.spymemcached;

import io.evcache.core.error.CodecFailure;
import io.evcache.core.value.EncodedValue;
import io.evcache.core.value.ValueFlags;
import net.spy.memcached.CachedData;
import net.spy.memcached.transcoders.Transcoder;

/** Bytes and flags as they are, but for the mark of empty values: the codecs are ours, and run before and after. */
final class PassThrough implements Transcoder<EncodedValue> {
    private final int maxValueBytes;

    PassThrough(int maxValueBytes) {
        this.maxValueBytes = maxValueBytes;
    }

    @Override
    public boolean asyncDecode(CachedData data) {
        return false;
    }

    @Override
    public CachedData encode(EncodedValue value) {
        return new CachedData(ValueFlags.toStored(value.flags(), value.length()), value.bytes(), maxValueBytes);
    }

    @Override
    public EncodedValue decode(CachedData data) {
        return new EncodedValue(data.getData(), ValueFlags.fromStored(data.getFlags(), data.getData().length));
    }

    /** Of what is read. Where a value is larger spymemcached gives up the connection, with all that waits there; so others say what is too large. */
    @Override
    public int getMaxSize() {
        return Integer.MAX_VALUE;
    }

    /** Returns the value, if it is not too large. */
    EncodedValue within(EncodedValue value, String key) {
        if (value.length() > maxValueBytes) {
            throw new CodecFailure(
                    "value of " + value.length() + " bytes for " + key + " is over maxValueBytes = " + maxValueBytes);
        }
        return value;
    }
}
