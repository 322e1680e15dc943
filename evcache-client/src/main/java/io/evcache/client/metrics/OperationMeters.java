package io.evcache.client.metrics;

import io.evcache.core.value.EncodedValue;
import io.evcache.core.value.ValueFlags;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Timer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The timers and sizes of one operation of one cache. A meter appears when something is recorded in it for the first time, so that a monitoring system is not shown what never happens. */
final class OperationMeters {
    static final String NO_ZONE = "none";
    static final String ALL_ZONES = "all";
    /** Beside the two above. */
    private static final int MOST_ZONES = 32 + 2;

    private final Registered registered;
    private final String cache;
    private final String operation;
    private final Bounded<Map<Outcome, Map<Attempt, Timer>>> timers =
            new Bounded<>(MOST_ZONES, zone -> new ConcurrentHashMap<>());
    private volatile @Nullable DistributionSummary plainSizes;
    private volatile @Nullable DistributionSummary compressedSizes;

    OperationMeters(Registered registered, String cache, String operation) {
        this.registered = registered;
        this.cache = cache;
        this.operation = operation;
    }

    void record(Outcome outcome, String zone, Attempt attempt, long nanos) {
        Map<Attempt, Timer> ofOutcome = timers.of(zone).get(outcome);
        Timer timer = ofOutcome == null ? null : ofOutcome.get(attempt);
        if (timer == null) {
            timer = registered.timer(
                    Meters.OPERATION_TIME,
                    registered.client(),
                    cache,
                    operation,
                    outcome.tag(),
                    timers.nameOf(zone),
                    attempt.tag());
            timers.of(zone)
                    .computeIfAbsent(outcome, any -> new ConcurrentHashMap<>())
                    .put(attempt, timer);
        }
        timer.record(nanos, TimeUnit.NANOSECONDS);
    }

    void size(EncodedValue value) {
        boolean compressed = (value.flags() & ValueFlags.COMPRESSED) != 0;
        DistributionSummary summary = compressed ? compressedSizes : plainSizes;
        if (summary == null) {
            summary = registered.summary(
                    Meters.VALUE_SIZE, registered.client(), cache, operation, String.valueOf(compressed));
            if (compressed) {
                compressedSizes = summary;
            } else {
                plainSizes = summary;
            }
        }
        summary.record(value.length());
    }
}
