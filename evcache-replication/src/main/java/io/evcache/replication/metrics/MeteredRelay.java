package io.evcache.replication.metrics;

import io.evcache.replication.mutation.Mutation;
import io.evcache.replication.mutation.Mutation.Operation;
import io.evcache.replication.relay.Outcome;
import io.evcache.replication.relay.RelayObserver;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

/** Times and counts how mutations end. All meters are made at the start, so that a mutation finds its own without a name. */
final class MeteredRelay implements RelayObserver {
    private final Timer lag;
    private final Map<Operation, Map<Outcome, Counter>> events = new EnumMap<>(Operation.class);

    MeteredRelay(MeterRegistry registry, Consumer<Meter> made, String source, String target) {
        this.lag = Timer.builder(ReplicationMeters.LAG.meterName())
                .description(ReplicationMeters.LAG.meaning())
                .tags(ReplicationMetrics.tags(ReplicationMeters.LAG, source, target))
                .register(registry);
        made.accept(lag);
        for (Operation operation : Operation.values()) {
            Map<Outcome, Counter> counters = new EnumMap<>(Outcome.class);
            for (Outcome outcome : Outcome.values()) {
                Counter counter = Counter.builder(ReplicationMeters.EVENTS.meterName())
                        .description(ReplicationMeters.EVENTS.meaning())
                        .tags(ReplicationMetrics.tags(
                                ReplicationMeters.EVENTS, source, target, lower(operation), lower(outcome)))
                        .register(registry);
                made.accept(counter);
                counters.put(outcome, counter);
            }
            events.put(operation, counters);
        }
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public void ended(Mutation mutation, Outcome outcome, Duration age) {
        Objects.requireNonNull(
                        Objects.requireNonNull(events.get(mutation.operation())).get(outcome))
                .increment();
        if (outcome == Outcome.APPLIED) {
            lag.record(age.isNegative() ? Duration.ZERO : age); // two clocks may disagree by more than it took
        }
    }
}
