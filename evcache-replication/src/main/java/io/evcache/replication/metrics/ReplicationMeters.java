package io.evcache.replication.metrics;

import java.util.List;

/** Every meter of replication: its name, kind, tags and meaning. The one place that names them; the reference page is written from it. */
enum ReplicationMeters {
    LAG(
            "evcache.replication.lag",
            "timer",
            "From when a write had settled in one region to its arrival in the other, of mutations that were applied; by the clocks of two machines.",
            "source",
            "target"),
    EVENTS(
            "evcache.replication.events",
            "counter",
            "Mutations that have ended, by how: `applied`, `coalesced`, `skipped_foreign`, `skipped_expired`, `skipped_gone`, `skipped_unreadable`, `skipped_too_large`, `dead_lettered`, `abandoned`. Operations are `set`, `delete`, `touch`.",
            "source",
            "target",
            "operation",
            "result"),
    RETRIED(
            "evcache.replication.retried",
            "counter",
            "Attempts to ship a mutation that were not the last.",
            "source",
            "target"),
    GAP(
            "evcache.replication.gap",
            "counter",
            "Records that were gone from the log before they were read: lost.",
            "source",
            "target"),
    IN_FLIGHT(
            "evcache.replication.inflight",
            "gauge",
            "Mutations that a relay has consumed and not finished.",
            "source",
            "target"),
    BACKLOG(
            "evcache.replication.backlog",
            "gauge",
            "Records of the log that a relay has not consumed yet, as far as known.",
            "source",
            "target"),
    LINK("evcache.replication.link", "gauge", "1 if the relay can reach the other region, else 0.", "source", "target"),
    PUBLISHED(
            "evcache.replication.published",
            "counter",
            "Mutations that the application has handed to the publisher and the queue has taken.",
            "region"),
    DROPPED(
            "evcache.replication.dropped",
            "counter",
            "Mutations that other regions will not hear of: `full` (the queue was), `closed` (the publisher was), `failed` (the log did not confirm).",
            "region",
            "reason"),
    QUEUE(
            "evcache.replication.publish.queue",
            "gauge",
            "Mutations that are queued or sent and not yet confirmed by the log.",
            "region"),
    RECEIVED(
            "evcache.replication.received",
            "counter",
            "Entries that an agent was sent: `applied` (one zone at least took it), `retry` (none did; it will come again), `rejected` (it can never be taken).",
            "region",
            "result"),
    MISSED_ZONES(
            "evcache.replication.missed.zones",
            "counter",
            "Writes of applied entries that one zone did not take.",
            "region"),
    CONNECTIONS("evcache.replication.connections", "gauge", "Connections of relays to an agent.", "region");

    private final String meterName;
    private final String kind;
    private final String meaning;

    @SuppressWarnings("ImmutableEnumChecker") // a copy that cannot be changed
    private final List<String> tags;

    ReplicationMeters(String meterName, String kind, String meaning, String... tags) {
        this.meterName = meterName;
        this.kind = kind;
        this.meaning = meaning;
        this.tags = List.of(tags);
    }

    String meterName() {
        return meterName;
    }

    String kind() {
        return kind;
    }

    String meaning() {
        return meaning;
    }

    List<String> tags() {
        return tags;
    }
}
