package io.evcache.client.load;

import io.evcache.client.flight.Flight;
import io.evcache.client.load.Freshness.Verdict;
import io.evcache.client.pipeline.ReadResult;
import io.evcache.core.command.Pending;
import io.evcache.core.time.Deadline;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Many keys: read in windows, then one load for all that are missing. Used by one thread at a time. */
final class BulkGet<K, V> {
    private final Loads<K, V> loads;
    private final Deadline readDeadline;
    private final Map<K, Entry<K, V>> entries = new LinkedHashMap<>();
    private final Iterator<Entry<K, V>> unsent;

    private static final class Entry<K, V> {
        final Target<K> target;
        final long stamp;

        @Nullable
        Pending<ReadResult> read;

        Seen<V> seen = Seen.nothing();

        @Nullable
        Flight<V> flight;

        Entry(Target<K> target, long stamp) {
            this.target = target;
            this.stamp = stamp;
        }
    }

    /** Checks all keys, before anything is sent. */
    BulkGet(Loads<K, V> loads, Collection<? extends K> keys) {
        this.loads = loads;
        this.readDeadline = loads.items.readDeadline();
        for (K key : keys) {
            Target<K> target = loads.target(key);
            entries.putIfAbsent(key, new Entry<>(target, loads.flights.stamp(target.wire())));
        }
        this.unsent = entries.values().iterator();
    }

    Deadline readDeadline() {
        return readDeadline;
    }

    boolean hasMore() {
        return unsent.hasNext() && !readDeadline.isExpired();
    }

    /** Sends the next window; what is returned settles once all of it has. */
    Pending<Boolean> sendWindow() {
        Pending<Boolean> all = Pending.open();
        AtomicInteger open = new AtomicInteger(1); // one more than there are reads, until all have been sent
        for (int i = 0; i < loads.items.bulkWindow() && unsent.hasNext(); i++) {
            Entry<K, V> entry = unsent.next();
            Pending<ReadResult> read = loads.read(entry.target.wire(), readDeadline);
            entry.read = read;
            open.incrementAndGet();
            read.receive(settled -> countDown(open, all));
        }
        countDown(open, all);
        return all;
    }

    private static void countDown(AtomicInteger open, Pending<Boolean> all) {
        if (open.decrementAndGet() == 0) {
            all.complete(true);
        }
    }

    /** Joins or begins the loads of what was not found. */
    void load(boolean withinAnother) {
        List<KeyLoad<K, V>> missing = new ArrayList<>();
        List<Boolean> looks = new ArrayList<>();
        for (Entry<K, V> entry : entries.values()) {
            entry.seen = entry.read == null ? Seen.nothing() : loads.seen(entry.read);
            if (!entry.seen.isServed()) {
                Flight<V> flight = loads.flight(entry.target, withinAnother);
                entry.flight = flight;
                KeyLoad<K, V> load = loads.lead(entry.target, flight, entry.seen);
                if (load != null) {
                    missing.add(load);
                    looks.add(loads.flights.hasLandedSince(entry.target.wire(), entry.stamp));
                }
            } else if (entry.seen.verdict() == Verdict.SERVE_AND_REFRESH) {
                loads.refreshBehind(entry.target);
            }
        }
        KeyLoad.Next<K, V> next = missing.size() > 1
                ? loads.options
                        .bulkLoader()
                        .<KeyLoad.Next<K, V>>map(bulk -> new BulkLoad<>(loads, bulk, missing))
                        .orElseGet(loads::alone)
                : loads.alone();
        for (int i = 0; i < missing.size(); i++) {
            missing.get(i).prepare(looks.get(i), next);
        }
    }

    /** Returns the flights that are waited for, without those who did not have to fly. */
    List<Flight<V>> flights() {
        List<Flight<V>> flights = new ArrayList<>();
        for (Entry<K, V> entry : entries.values()) {
            if (entry.flight != null) {
                flights.add(entry.flight);
            }
        }
        return flights;
    }

    /** Waits for the loads, and returns what there is. Throws what one of them failed with. */
    Map<K, V> values(Deadline deadline) {
        Map<K, V> values = new LinkedHashMap<>();
        entries.forEach((key, entry) -> {
            V value = entry.flight == null ? entry.seen.value() : entry.flight.await(deadline, entry.target.wire());
            if (value != null) {
                values.put(key, value);
            }
        });
        return values;
    }
}
