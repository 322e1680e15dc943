package io.evcache.client.migration;

import static java.util.Objects.requireNonNull;

import io.evcache.client.pipeline.ReadPolicy;
import java.time.Duration;

/**
 * How the client of a new cluster uses the old one until its data has moved. Immutable: each method returns changed options.
 *
 * <p>The new cluster's answers are the client's answers. Whatever the old one does, or does not do, changes only what a miss becomes: it is asked when the new one has nothing or cannot answer, and told
 * of every write at the same time, with nobody waiting.
 *
 * @param readTimeout the longest that a read waits for the old cluster, within its own deadline; default 50 ms
 * @param readPolicy how the old cluster's zones are read; default {@link ReadPolicy#LOCAL_FIRST}
 * @param isBackfilling whether what only the old cluster has is added to the new one, with its remaining life; default true
 */
public record Migration(Duration readTimeout, ReadPolicy readPolicy, boolean isBackfilling) {

    /** The defaults. */
    public static final Migration USUAL = new Migration(Duration.ofMillis(50), ReadPolicy.LOCAL_FIRST, true);

    public Migration {
        requireNonNull(readPolicy, "readPolicy");
        if (readTimeout.isNegative() || readTimeout.isZero()) {
            throw new IllegalArgumentException("readTimeout must be more than zero, was " + readTimeout);
        }
    }

    /** Returns this with another longest wait for the old cluster. */
    public Migration readTimeout(Duration timeout) {
        return new Migration(timeout, readPolicy, isBackfilling);
    }

    /** Returns this with another way to read the old cluster. */
    public Migration readPolicy(ReadPolicy policy) {
        return new Migration(readTimeout, policy, isBackfilling);
    }

    /** Returns this with nothing copied on reads. */
    public Migration withoutBackfill() {
        return new Migration(readTimeout, readPolicy, false);
    }
}
