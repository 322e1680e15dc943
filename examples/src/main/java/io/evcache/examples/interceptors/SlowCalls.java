package io.evcache.examples.interceptors;

import io.evcache.client.pipeline.CacheObserver;
import io.evcache.client.pipeline.Read;
import io.evcache.client.pipeline.ReadResult;
import io.evcache.client.pipeline.Write;
import io.evcache.client.pipeline.WriteResult;
import io.evcache.core.error.EvCacheException;
import java.time.Duration;
import java.util.function.Consumer;

/** Reports calls that took long, and reads that failed. An observer rather than an interceptor: it only looks. */
public final class SlowCalls implements CacheObserver {
    private final long nanos;
    private final Consumer<String> report;

    /**
     * Reports calls that take longer.
     *
     * @param report must not block; a logger with an asynchronous appender is fine
     */
    public SlowCalls(Duration longerThan, Consumer<String> report) {
        this.nanos = longerThan.toNanos();
        this.report = report;
    }

    // snippet: slow-calls
    @Override
    public void read(Read read, ReadResult result, long nanos) {
        if (nanos > this.nanos) {
            report.accept(
                    read.command().verb() + " " + read.command().key() + " took " + nanos / 1_000 + " µs, answered by "
                            + result.zone() + " as zone " + result.attempts() + ", before that " + result.failure());
        }
    }

    @Override
    public void readFailed(Read read, EvCacheException failure, long nanos) {
        report.accept(read.command().verb() + " " + read.command().key() + " failed after " + nanos / 1_000 + " µs: "
                + failure.getMessage());
    }

    @Override
    public void written(Write write, WriteResult result, long nanos) {
        if (nanos > this.nanos) {
            report.accept(write.command().verb() + " " + write.command().key() + " took " + nanos / 1_000 + " µs: "
                    + result.zones());
        }
    }
    // end
}
