package io.evcache.client;

import io.evcache.client.pipeline.ReadPolicy;
import io.evcache.client.pipeline.WritePolicy;
import io.evcache.core.key.Key;
import io.evcache.core.time.Deadline;
import io.evcache.core.time.Ticker;
import io.evcache.core.time.Timeout;
import java.time.Duration;

/** What the settings of one moment mean for one cache. Immutable, its fields final: it may be published by a race. */
final class CallTerms {
    private final LiveSettings settings;
    private final CacheMode mode;
    private final ReadPolicy readPolicy;
    private final WritePolicy writePolicy;
    private final Timeout reads;
    private final Timeout writes;

    private CallTerms(String cache, CacheOptions<?> options, LiveSettings settings, Ticker ticker) {
        this.settings = settings;
        this.mode = settings.cacheMode(cache);
        this.readPolicy = options.readPolicy().orElseGet(settings::readPolicy);
        this.writePolicy = options.writePolicy().orElseGet(settings::writePolicy);
        this.reads = Timeout.ofNanos(settings.readTimeout().toNanos(), ticker);
        this.writes = Timeout.ofNanos(settings.writeTimeout().toNanos(), ticker);
    }

    private CallTerms(CallTerms from, CacheOptions<?> options) {
        this.settings = from.settings;
        this.mode = from.mode;
        this.readPolicy = options.readPolicy().orElseGet(settings::readPolicy);
        this.writePolicy = options.writePolicy().orElseGet(settings::writePolicy);
        this.reads = from.reads;
        this.writes = from.writes;
    }

    CacheMode mode() {
        return mode;
    }

    ReadPolicy readPolicy() {
        return readPolicy;
    }

    WritePolicy writePolicy() {
        return writePolicy;
    }

    Deadline readDeadline() {
        return reads.start();
    }

    Deadline writeDeadline() {
        return writes.start();
    }

    Duration writeTimeout() {
        return settings.writeTimeout();
    }

    /** The terms of one cache as they change. */
    static final class Current {
        private final String cache;
        private final CacheOptions<?> options;
        private final Live live;
        private final Ticker ticker;

        /** What the last settings seen mean. A race works it out twice. */
        private CallTerms known;

        Current(String cache, CacheOptions<?> options, Live live, Ticker ticker) {
            this(cache, options, live, ticker, new CallTerms(cache, options, live.current(), ticker));
        }

        private Current(String cache, CacheOptions<?> options, Live live, Ticker ticker, CallTerms known) {
            this.cache = cache;
            this.options = options;
            this.live = live;
            this.ticker = ticker;
            this.known = known;
        }

        /** Returns what holds now: one volatile read, and a comparison. */
        @SuppressWarnings("ReferenceEquality") // another snapshot is another object
        CallTerms now() {
            LiveSettings settings = live.current();
            CallTerms terms = known;
            if (terms.settings != settings) {
                terms = new CallTerms(cache, options, settings, ticker);
                known = terms;
            }
            return terms;
        }

        /** Is told of a write that was switched off. */
        void notWritten(Key key) {
            live.notWritten(key);
        }

        /** Returns the same for other options of the cache. */
        Current with(CacheOptions<?> others) {
            return new Current(cache, others, live, ticker, new CallTerms(now(), others));
        }
    }
}
