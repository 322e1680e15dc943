package io.evcache.spymemcached;

import io.evcache.core.value.EncodedValue;
import net.spy.memcached.CachedData;
import net.spy.memcached.transcoders.Transcoder;

/** Bytes and flags as they are: the codecs are ours, and run before and after. */
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
        return new CachedData(value.flags(), value.bytes(), maxValueBytes);
    }

    @Override
    public EncodedValue decode(CachedData data) {
        return new EncodedValue(data.getData(), data.getFlags());
    }

    @Override
    public int getMaxSize() {
        return maxValueBytes;
    }
}
