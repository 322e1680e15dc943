package io.evcache.core.command;

import io.evcache.core.error.DeadlineExceeded;
import io.evcache.core.error.EvCacheException;
import io.evcache.core.key.Key;
import io.evcache.core.time.Deadline;
import io.evcache.core.value.EncodedValue;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@linkplain Get.Wants#PLAIN Plain} gets of many keys, and their answers: arrays instead of a command, a promise and a reply for each key, and one wake-up for all. Settles with itself once every key
 * was answered or has failed. Answers can be read one by one before that, and after a caller has left with those that came in time.
 *
 * <p>It is the caller's for one use: {@link Route#sendAll} with {@link #all()}. On the way it is divided into {@link Part}s, each of which a route answers. Thread-safe for readers.
 */
public class Gets extends Pending<Gets> {
    private static final Logger LOG = LoggerFactory.getLogger(Gets.class);
    private static final VarHandle ANSWER = MethodHandles.arrayElementVarHandle(Object[].class);
    private static final VarHandle OPEN;

    static {
        try {
            OPEN = MethodHandles.lookup().findVarHandle(Gets.class, "open", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Key[] keys;

    /** By key: null while open; the bytes of a hit that has nothing but flags beside them; any other {@code Lookup}; or an {@code EvCacheException}. Through {@link #ANSWER}, which publishes the flags too. */
    private final @Nullable Object[] answers;

    private final int[] flags;

    @SuppressWarnings("unused") // through OPEN
    private volatile int open;

    /**
     * Creates a question that nobody has been asked.
     *
     * @param keys at least one; the array is not copied, do not modify it. A key that is there twice is asked for twice
     */
    public Gets(Key[] keys) {
        if (keys.length == 0) {
            throw new IllegalArgumentException("there must be at least one key");
        }
        this.keys = keys;
        this.answers = new @Nullable Object[keys.length];
        this.flags = new int[keys.length];
        this.open = keys.length;
    }

    /** Returns how many keys there are. */
    public final int size() {
        return keys.length;
    }

    /** Returns the key at that index. */
    public final Key key(int index) {
        return keys[index];
    }

    /** Returns all of the keys, to be sent. */
    public final Part all() {
        return new Part(this, null, 0, keys.length);
    }

    /** Returns whether that key was answered or has failed. */
    public final boolean isAnswered(int index) {
        return answer(index) != null;
    }

    /** Returns the value of a hit; {@code null} while open, on a miss or a failure. */
    public final @Nullable EncodedValue value(int index) {
        Object answer = answer(index);
        if (answer instanceof byte[] bytes) {
            return new EncodedValue(bytes, flags[index]);
        }
        return answer instanceof Lookup.Hit hit ? hit.value() : null;
    }

    /** Returns the answer; {@code null} while open or when failed. */
    public final @Nullable Lookup lookup(int index) {
        Object answer = answer(index);
        if (answer instanceof byte[] bytes) {
            return new Lookup.Hit(bytes, flags[index], Lookup.Details.NONE);
        }
        return answer instanceof Lookup lookup ? lookup : null;
    }

    /** Returns why there is no answer; {@code null} while open or when there is one. */
    public final @Nullable EvCacheException failure(int index) {
        return answer(index) instanceof EvCacheException failure ? failure : null;
    }

    /**
     * Every key of the part was answered or has failed. Called once for each part that was not divided, on the thread that answered last; several parts may end at the same time. Whoever overrides this has
     * {@link #answered} called for these keys, now or later.
     */
    protected void ended(Part part) {
        answered(part.size());
    }

    /** So many more keys are done with. Settles this when it was the last. */
    protected final void answered(int count) {
        if ((int) OPEN.getAndAdd(this, -count) == count) {
            complete(this);
        }
    }

    @Override
    protected EvCacheException expired(Deadline deadline) {
        return new DeadlineExceeded(
                "get of " + keys.length + " keys was not answered within "
                        + deadline.allowed().toMillis() + " ms",
                true);
    }

    private @Nullable Object answer(int index) {
        return ANSWER.getAcquire(answers, index);
    }

    private void publish(int index, Object answer) {
        ANSWER.setRelease(answers, index, answer);
    }

    /**
     * Some of the keys, as one route is asked for them. The route answers every key exactly once, in any order, and then says so with {@link #end}; or it passes {@linkplain #range parts} of
     * it on, which together are the whole, and says nothing itself. Whoever answers does so on one thread at a time.
     */
    public static final class Part {
        private final Gets gets;
        /** The indexes of the keys; null for all of them in their order. */
        private final int @Nullable [] indexes;

        private final int from;
        private final int size;

        private Part(Gets gets, int @Nullable [] indexes, int from, int size) {
            this.gets = gets;
            this.indexes = indexes;
            this.from = from;
            this.size = size;
        }

        /** Returns how many keys this has, at least one. */
        public int size() {
            return size;
        }

        /** Returns the key at {@code at}, from 0 to {@code size() - 1}. */
        public Key key(int at) {
            return gets.keys[index(at)];
        }

        /** Returns where that key is in the whole. */
        public int index(int at) {
            return indexes == null ? from + at : indexes[from + at];
        }

        /** Returns the keys from {@code from}, {@code count} of them, as a part of their own; this if that is all. */
        public Part range(int from, int count) {
            Objects.checkFromIndexSize(from, count, size);
            return count == size ? this : new Part(gets, indexes, this.from + from, count);
        }

        /**
         * Passes on one part for each home there is.
         *
         * @param homes where each key of this belongs, told apart by {@code equals}; used up
         * @param to is given each home once, with the keys that belong there, in their order
         */
        public <H> void divide(@Nullable H[] homes, BiConsumer<H, Part> to) {
            for (int first = 0; first < size; first++) {
                H home = homes[first];
                if (home != null) {
                    to.accept(home, of(home, homes, first));
                }
            }
        }

        private <H> Part of(H home, @Nullable H[] homes, int first) {
            int count = 0;
            for (int at = first; at < size; at++) {
                count += home.equals(homes[at]) ? 1 : 0;
            }
            if (count == size) {
                Arrays.fill(homes, null);
                return this;
            }
            int[] chosen = new int[count];
            int next = 0;
            for (int at = first; next < count; at++) {
                if (home.equals(homes[at])) {
                    homes[at] = null;
                    chosen[next++] = index(at);
                }
            }
            return new Part(gets, chosen, 0, count);
        }

        /** Returns whether that key was neither answered nor has failed. */
        public boolean isOpen(int at) {
            return !gets.isAnswered(index(at));
        }

        /** Answers with a hit that has nothing but value and flags. The array is not copied. */
        public void hit(int at, byte[] bytes, int flags) {
            int index = index(at);
            gets.flags[index] = flags;
            gets.publish(index, bytes);
        }

        /** Answers with what the server said. */
        public void answer(int at, Lookup lookup) {
            gets.publish(index(at), lookup);
        }

        /** Says why there is no answer. */
        public void fail(int at, EvCacheException failure) {
            gets.publish(index(at), failure);
        }

        /** Answers with what became of a single get. */
        public void settle(int at, Pending<? extends Lookup> single) {
            EvCacheException failure = single.failure();
            if (failure != null) {
                fail(at, failure);
            } else {
                answer(at, Objects.requireNonNull(single.value(), "single must have settled"));
            }
        }

        /** Fails whatever is open, and ends. */
        public void failOpen(EvCacheException failure) {
            for (int at = 0; at < size; at++) {
                if (isOpen(at)) {
                    fail(at, failure);
                }
            }
            end();
        }

        /** Every key of this part was answered or has failed. To be called once. */
        public void end() {
            try {
                gets.ended(this);
            } catch (RuntimeException | Error e) {
                LOG.error("What was to happen with the answers of {} failed", this, e);
            }
        }

        @Override
        public String toString() {
            return size + " of " + gets;
        }
    }

    @Override
    public String toString() {
        return "Gets(" + (keys.length <= 3 ? Arrays.toString(keys) : keys.length + " keys") + ")";
    }
}
