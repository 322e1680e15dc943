package io.evcache.client.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.Collection;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** Registers what is defined, and remembers it, so that it can be taken away again. */
final class Registered {
    private final MeterRegistry registry;
    private final String client;
    private final Tags extra;
    private final Queue<Meter> meters = new ConcurrentLinkedQueue<>();
    private volatile boolean removed;

    Registered(MeterRegistry registry, String client, Tags extra) {
        this.registry = registry;
        this.client = client;
        this.extra = extra;
    }

    boolean isRemoved() {
        return removed;
    }

    String client() {
        return client;
    }

    /** Returns whether one of these was registered here, too: whoever registers a name and tags that are there is given the meter that is there. */
    boolean shares(Collection<Meter> others) {
        return meters.stream().anyMatch(others::contains);
    }

    Counter counter(Meters meter, String... values) {
        return kept(Counter.builder(meter.meterName())
                .description(meter.meaning())
                .tags(tags(meter, values))
                .register(registry));
    }

    Timer timer(Meters meter, String... values) {
        return kept(Timer.builder(meter.meterName())
                .description(meter.meaning())
                .tags(tags(meter, values))
                .register(registry));
    }

    DistributionSummary summary(Meters meter, String... values) {
        return kept(DistributionSummary.builder(meter.meterName())
                .description(meter.meaning())
                .baseUnit(meter.unit())
                .tags(tags(meter, values))
                .register(registry));
    }

    void gauge(Meters meter, Supplier<Number> value, String... values) {
        kept(Gauge.builder(meter.meterName(), value)
                .description(meter.meaning())
                .tags(tags(meter, values))
                .register(registry));
    }

    /** Shows what somebody else counts. The registry does not keep the source alive. */
    <T> void counted(Meters meter, T source, ToDoubleFunction<T> count, String... values) {
        kept(FunctionCounter.builder(meter.meterName(), source, count)
                .description(meter.meaning())
                .tags(tags(meter, values))
                .register(registry));
    }

    private Tags tags(Meters meter, String... values) {
        return extra.and(meter.tags(values));
    }

    private <M extends Meter> M kept(M meter) {
        meters.add(meter);
        if (removed) {
            removeAll(); // by a call that was still in flight
        }
        return meter;
    }

    void removeAll() {
        removed = true;
        for (Meter meter = meters.poll(); meter != null; meter = meters.poll()) {
            registry.remove(meter);
        }
    }
}
