package io.evcache.client.load;

import io.evcache.client.CacheItems;
import io.evcache.client.pipeline.WriteLatch;
import io.evcache.client.pipeline.WriteResult;
import io.evcache.client.pipeline.ZoneOutcome;
import io.evcache.core.key.Key;
import io.evcache.core.time.Backoff;
import io.evcache.core.time.Deadline;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes keys from every zone, and repeats what a zone has not confirmed: it may hold the old value, and be read again in a moment.
 *
 * <p>Repeated with back-off for a minute, for at most 10,000 keys at a time; then it is given up, logged and counted, and the old value lives until it expires. Only zones that have not confirmed are told again; there a repeat may delete a value that is newer: it is loaded
 * again.
 */
final class Invalidations {
    private static final Logger LOG = LoggerFactory.getLogger(Invalidations.class);

    private static final Backoff PAUSES = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(5));

    /** Most nodes that come back with their data are away for less: a switch, a long pause. What was restarted comes back empty. */
    private static final Duration PERSISTENCE = Duration.ofMinutes(1);

    private static final int MAX_KEYS = 10_000;

    private final CacheItems<?> items;
    private final LoadStats.Counters count;
    private final Semaphore room = new Semaphore(MAX_KEYS);

    Invalidations(CacheItems<?> items, LoadStats.Counters count) {
        this.items = items;
        this.count = count;
    }

    WriteLatch delete(Key key) {
        WriteLatch latch = items.delete(key);
        latch.settled().receive(settled -> {
            Open open = Open.of(latch.now());
            if (!open.zones.isEmpty()) {
                repeatLater(key, open);
            }
        });
        return latch;
    }

    private void repeatLater(Key key, Open open) {
        if (!room.tryAcquire()) {
            givenUp(key);
            return;
        }
        pause(key, open, 0, items.in(PERSISTENCE));
    }

    private void pause(Key key, Open open, int repeats, Deadline until) {
        long nanos = PAUSES.delay(repeats, ThreadLocalRandom.current()).toNanos();
        CompletableFuture.delayedExecutor(nanos, TimeUnit.NANOSECONDS, items.callbacks())
                .execute(() -> repeat(key, open, repeats, until));
    }

    private void repeat(Key key, Open open, int repeats, Deadline until) {
        count.invalidationsRepeated.increment();
        WriteLatch latch = open.areAll ? items.delete(key) : items.deleteIn(key, open.zones);
        latch.settled().receive(settled -> {
            Open left = open.after(latch.now());
            if (left.zones.isEmpty()) {
                room.release();
            } else if (until.isExpired()) {
                room.release();
                givenUp(key);
            } else {
                pause(key, left, repeats + 1, until);
            }
        });
    }

    private void givenUp(Key key) {
        count.invalidationsGivenUp.increment();
        LOG.warn(
                "[{}] a zone has not confirmed that {} is deleted; what it holds lives until it expires",
                items.name(),
                key);
    }

    /** The zones that have not confirmed. While those are all that there are, the deletion is told anew to those, too, who only hear of what a zone has taken, such as other regions. */
    private record Open(List<String> zones, boolean areAll) {

        static Open of(WriteResult result) {
            List<String> open = result.zones().stream()
                    .filter(zone -> zone.status() != ZoneOutcome.Status.DONE)
                    .map(ZoneOutcome::zone)
                    .toList();
            return new Open(open, open.size() == result.zones().size());
        }

        Open after(WriteResult repeat) {
            Open open = of(repeat);
            return areAll
                    ? open
                    : new Open(open.zones.stream().filter(zones::contains).toList(), false);
        }
    }
}
