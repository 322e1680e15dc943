package io.evcache.client.zones;

import io.evcache.core.command.Get;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Pending;
import io.evcache.core.command.Receiver;
import io.evcache.core.time.Deadline;
import io.evcache.core.time.Ticker;
import io.evcache.core.zone.ZoneRoute;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

/**
 * How far away zones are: a moving average, per zone, of how long it takes to answer.
 *
 * <p>Twice per second one read at hand is copied to every zone, so that all are measured at the same moment with the same key, the ones that are not read, too. Other reads pay one look at the clock. A zone that
 * fails counts with the whole time that it was given: a refused connection would otherwise be the nearest of all.
 */
final class Proximity {
    /** Often enough that a zone that has become slow is left within a few seconds; at two small reads per second and client no zone notices. */
    static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    static final long TIMEOUT_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    /** The weight of the newest measurement: after 5 of them, two and a half seconds, two thirds of the average are new. One pause of a collector does not move a zone. */
    private static final double WEIGHT = 0.2;

    /** A zone moves ahead of another if it takes less than this part of its time. Zones of one region differ by a factor, two measurements of one zone by a few percent. */
    private static final double CLEARLY_NEARER = 0.75;

    private final Ticker ticker;
    /** When the next measurement is due. */
    private final AtomicLong dueAt;
    /** Nanoseconds by name of the zone. As many as there are zones, since others are dropped. */
    private final Map<String, Double> averages = new ConcurrentHashMap<>();

    Proximity(Ticker ticker) {
        this.ticker = ticker;
        this.dueAt = new AtomicLong(ticker.nanos());
    }

    /** Returns whether the caller, and nobody else, is to sort and to measure now. */
    boolean isDue() {
        long due = dueAt.get();
        long now = ticker.nanos();
        return now - due >= 0 && dueAt.compareAndSet(due, now + INTERVAL_NANOS);
    }

    /**
     * Returns the zones with each moved ahead of the first that it is clearly nearer than, whatever stands between the two; the others, and those of which nothing is known, keep their order. So the first one takes at most a third longer
     * than the nearest.
     */
    List<ZoneRoute> sorted(ZoneRoute[] zones) {
        List<ZoneRoute> sorted = new ArrayList<>();
        for (ZoneRoute zone : zones) {
            int at = 0;
            while (at < sorted.size() && !isClearlyNearer(zone, sorted.get(at))) {
                at++;
            }
            sorted.add(at, zone);
        }
        return sorted;
    }

    private boolean isClearlyNearer(ZoneRoute zone, ZoneRoute other) {
        Double time = averages.get(zone.name());
        Double otherTime = averages.get(other.name());
        return time != null && otherTime != null && time < otherTime * CLEARLY_NEARER;
    }

    /** Asks every zone the same, for nothing but the time it takes. */
    void measure(Get command, ZoneRoute[] zones) {
        Set<String> names = Arrays.stream(zones).map(ZoneRoute::name).collect(Collectors.toSet());
        averages.keySet().retainAll(names);
        Get copy = new Get(command.key(), Get.Wants.VALUE.withoutBump());
        for (ZoneRoute zone : zones) {
            long start = ticker.nanos();
            zone.send(copy, Deadline.afterNanos(TIMEOUT_NANOS, ticker)).receive(new Measurement(zone.name(), start));
        }
    }

    private void add(String zone, long nanos) {
        averages.merge(zone, (double) nanos, (average, newest) -> average + WEIGHT * (newest - average));
    }

    @Override
    public String toString() {
        return "Proximity" + averages;
    }

    private final class Measurement implements Receiver<Lookup> {
        private final String zone;
        private final long start;

        Measurement(String zone, long start) {
            this.zone = zone;
            this.start = start;
        }

        @Override
        public void settled(Pending<? extends Lookup> answer) {
            add(zone, answer.value() == null ? TIMEOUT_NANOS : ticker.nanos() - start);
        }
    }
}
