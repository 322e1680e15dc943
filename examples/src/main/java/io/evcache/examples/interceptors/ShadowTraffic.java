package io.evcache.examples.interceptors;

import io.evcache.client.pipeline.Interceptor;
import io.evcache.client.pipeline.Next;
import io.evcache.client.pipeline.Read;
import io.evcache.client.pipeline.ReadResult;
import io.evcache.client.pipeline.Write;
import io.evcache.client.pipeline.WriteLatch;
import io.evcache.core.command.Get;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Pending;
import io.evcache.core.key.Key;
import java.util.concurrent.atomic.LongAdder;

/**
 * Sends a share of the keys to another cluster as well, and counts whether it would have answered the same. Callers see the first cluster only, and wait for nothing else. For trying out a new cluster before it
 * serves.
 *
 * <p>The share is chosen by key, so that what the shadow is asked for it has been given.
 */
public final class ShadowTraffic implements Interceptor {
    private final Next shadow;
    private final int percent;
    private final LongAdder same = new LongAdder();
    private final LongAdder different = new LongAdder();

    /**
     * Shadows so many of a hundred keys.
     *
     * @param shadow the {@code pipeline()} of the other client
     */
    public ShadowTraffic(Next shadow, int percent) {
        this.shadow = shadow;
        this.percent = percent;
    }

    /** Returns how many answers were the same. */
    public long same() {
        return same.sum();
    }

    /** Returns how many answers differed, failures included. */
    public long different() {
        return different.sum();
    }

    // snippet: shadow
    @Override
    public Pending<ReadResult> read(Read read, Next next) {
        Pending<ReadResult> answer = next.read(read);
        if (isShadowed(read.command().key())) {
            Get copy = new Get(read.command().key(), Get.Wants.VALUE);
            Pending<ReadResult> other = shadow.read(new Read(read.cache(), copy, read.policy(), read.deadline()));
            answer.receive(one -> other.receive(two -> compare(one, two))); // once both have settled
        }
        return answer;
    }

    @Override
    public WriteLatch write(Write write, Next next) {
        if (write.tokens() == null && isShadowed(write.command().key())) {
            WriteLatch unused =
                    shadow.write(new Write(write.cache(), write.command(), write.policy(), write.deadline()));
        }
        return next.write(write);
    }
    // end

    private boolean isShadowed(Key key) {
        return Math.floorMod(key.hashCode(), 100) < percent;
    }

    private void compare(Pending<? extends ReadResult> one, Pending<? extends ReadResult> two) {
        ReadResult first = one.value();
        ReadResult second = two.value();
        if (first != null && second != null && isSame(first.lookup(), second.lookup())) {
            same.increment();
        } else {
            different.increment();
        }
    }

    private static boolean isSame(Lookup first, Lookup second) {
        if (first instanceof Lookup.Hit one && second instanceof Lookup.Hit two) {
            return one.hasValue() && two.hasValue() && one.value().equals(two.value());
        }
        return first instanceof Lookup.Miss && second instanceof Lookup.Miss;
    }
}
