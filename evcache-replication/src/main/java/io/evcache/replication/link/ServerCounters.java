package io.evcache.replication.link;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** What the connections of one server share. */
final class ServerCounters {
    final AtomicInteger connections = new AtomicInteger();
    final AtomicLong batches = new AtomicLong();
    final AtomicLong busy = new AtomicLong();
    final AtomicLong refused = new AtomicLong();
    final AtomicLong malformed = new AtomicLong();
    final AtomicLong inFlightBytes = new AtomicLong();

    LinkServerStats stats() {
        return new LinkServerStats(
                connections.get(), batches.get(), busy.get(), refused.get(), malformed.get(), inFlightBytes.get());
    }
}
