package io.evcache.client.pipeline;

import static java.util.Objects.requireNonNull;

import io.evcache.core.command.Get;
import io.evcache.core.command.Gets;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Pending;
import io.evcache.core.error.DeadlineExceeded;
import io.evcache.core.error.EvCacheException;
import io.evcache.core.key.Key;
import io.evcache.core.time.Deadline;
import io.evcache.core.value.EncodedValue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Plain reads of many keys that travel together as long as nobody wants them apart, and their results. Settles with itself once each has a result or has failed; what is there can be read before that, also by a
 * caller that has left.
 *
 * <p>For one use. As long as one zone is asked and nothing looks at single reads, it costs a few bytes per key; keys that go on to another zone, and all keys on a way with interceptors, are reads of their own.
 */
public final class ManyReads extends Pending<ManyReads> {
    private final String cache;
    private final Key[] keys;
    private final ReadPolicy policy;
    private final Deadline deadline;
    private final AtomicInteger open;

    /** Reads of their own, by key; null as long as there is none. */
    private final AtomicReference<@Nullable AtomicReferenceArray<@Nullable Pending<ReadResult>>> singles =
            new AtomicReference<>();

    /** Asks the first zone; null if nobody was asked together. Written before it is sent. */
    private volatile @Nullable Gets together;

    private String zone = "";
    private boolean notAsked;

    /**
     * Creates reads that have not been sent.
     *
     * @param cache the name of the cache
     * @param keys at least one; the array is not copied, do not modify it
     */
    public ManyReads(String cache, Key[] keys, ReadPolicy policy, Deadline deadline) {
        this.cache = cache;
        this.keys = keys;
        this.policy = policy;
        this.deadline = deadline;
        this.open = new AtomicInteger(keys.length);
    }

    /** Returns how many there are. */
    public int size() {
        return keys.length;
    }

    /** Returns how zones are chosen. */
    public ReadPolicy policy() {
        return policy;
    }

    /** Returns until when all of them want their answers. */
    public Deadline deadline() {
        return deadline;
    }

    /** Returns the keys; not a copy. */
    public Key[] keys() {
        return keys;
    }

    /** Returns one of them as a read of its own. */
    public Read read(int index) {
        return new Read(cache, new Get(keys[index], Get.Wants.PLAIN), policy, deadline);
    }

    /** Returns the result; {@code null} while open or when failed. */
    public @Nullable ReadResult result(int index) {
        Pending<ReadResult> single = single(index);
        if (single != null) {
            return single.value();
        }
        if (notAsked) {
            return new ReadResult(Lookup.Miss.PLAIN, "", 0, null);
        }
        Gets asked = together;
        Lookup lookup = asked == null ? null : asked.lookup(index);
        return lookup == null ? null : new ReadResult(lookup, zone, 1, null);
    }

    /** Returns the value of a hit, as {@link #result} does, but without an object for the result. */
    public @Nullable EncodedValue value(int index) {
        Pending<ReadResult> single = single(index);
        if (single == null) {
            Gets asked = together;
            return asked == null ? null : asked.value(index);
        }
        ReadResult result = single.value();
        return result != null && result.lookup() instanceof Lookup.Hit hit ? hit.value() : null;
    }

    /** Returns why there is no result; {@code null} while open or when there is one. */
    public @Nullable EvCacheException failure(int index) {
        Pending<ReadResult> single = single(index);
        if (single != null) {
            return single.failure();
        }
        Gets asked = together;
        return asked == null ? null : asked.failure(index);
    }

    /** Returns the pending of a read of its own; {@code null} if it travels with others. */
    public @Nullable Pending<ReadResult> single(int index) {
        AtomicReferenceArray<@Nullable Pending<ReadResult>> all = singles.get();
        return all == null ? null : all.get(index);
    }

    /** Sends each as a read of its own. */
    public void sendSingly(Next next) {
        for (int index = 0; index < keys.length; index++) {
            follow(index, next.read(read(index)));
        }
    }

    /** From now on the result of this one is that of the pending. To be called once for each, instead of {@link #done}. */
    public void follow(int index, Pending<ReadResult> single) {
        singles().set(index, single);
        single.receive(settled -> done(1));
    }

    /** Says who is about to be asked for all of them, and where. */
    public void askedTogether(Gets gets, String zone) {
        this.zone = requireNonNull(zone, "zone");
        this.together = gets;
    }

    /** So many of those that travel together need nothing more. */
    public void done(int count) {
        if (count > 0 && open.addAndGet(-count) == 0) {
            complete(this);
        }
    }

    /** Nobody is asked: all of them miss. */
    public void missAll() {
        notAsked = true;
        done(keys.length);
    }

    /** All of them fail. */
    public void failAll(EvCacheException failure) {
        for (int index = 0; index < keys.length; index++) {
            follow(index, Pending.failed(failure));
        }
    }

    private AtomicReferenceArray<@Nullable Pending<ReadResult>> singles() {
        AtomicReferenceArray<@Nullable Pending<ReadResult>> all = singles.get();
        if (all == null) {
            AtomicReferenceArray<@Nullable Pending<ReadResult>> fresh = new AtomicReferenceArray<>(keys.length);
            all = singles.compareAndSet(null, fresh) ? fresh : requireNonNull(singles.get());
        }
        return all;
    }

    @Override
    protected EvCacheException expired(Deadline passed) {
        return new DeadlineExceeded(
                "reads of " + keys.length + " keys of cache " + cache + " were not answered within "
                        + passed.allowed().toMillis() + " ms",
                true);
    }

    @Override
    public String toString() {
        return "ManyReads(" + keys.length + " keys of cache " + cache + ")";
    }
}
