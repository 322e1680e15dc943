package io.evcache.client.metrics;

import static io.evcache.client.metrics.Label.ANSWERED_BY;
import static io.evcache.client.metrics.Label.ATTEMPT;
import static io.evcache.client.metrics.Label.CACHE;
import static io.evcache.client.metrics.Label.CLIENT;
import static io.evcache.client.metrics.Label.COMPRESSED;
import static io.evcache.client.metrics.Label.LOAD_RESULT;
import static io.evcache.client.metrics.Label.MIGRATION_RESULT;
import static io.evcache.client.metrics.Label.NEAR_RESULT;
import static io.evcache.client.metrics.Label.OPERATION;
import static io.evcache.client.metrics.Label.OUTCOME;
import static io.evcache.client.metrics.Label.POLICY;
import static io.evcache.client.metrics.Label.POLICY_RESULT;
import static io.evcache.client.metrics.Label.READ_RESULT;
import static io.evcache.client.metrics.Label.STATE;
import static io.evcache.client.metrics.Label.TOPOLOGY_RESULT;
import static io.evcache.client.metrics.Label.ZONE;

import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.List;

/** Every meter: its name, kind, unit, tags and meaning. The one place that names them; the reference page is written from it. */
enum Meters {
    GETS(
            "cache.gets",
            Kind.COUNTER,
            "reads",
            "Reads that asked memcached and have ended; each key of a bulk read is one. What a near cache answered is in `evcache.near` only.",
            CLIENT,
            CACHE,
            READ_RESULT),
    PUTS(
            "cache.puts",
            Kind.COUNTER,
            "writes",
            "Values that as many zones have taken as the write policy asks.",
            CLIENT,
            CACHE),
    REMOVALS(
            "cache.removals",
            Kind.COUNTER,
            "writes",
            "Deletes that as many zones have taken as the write policy asks.",
            CLIENT,
            CACHE),
    OPERATION_TIME(
            "evcache.operation",
            Kind.TIMER,
            "seconds",
            "How long calls take: reads until they are answered, other zones included; writes until they are decided.",
            CLIENT,
            CACHE,
            OPERATION,
            OUTCOME,
            ANSWERED_BY,
            ATTEMPT),
    WRITE_POLICY(
            "evcache.write.policy",
            Kind.COUNTER,
            "writes",
            "Writes by what became of their policy.",
            CLIENT,
            CACHE,
            POLICY,
            POLICY_RESULT),
    VALUE_SIZE(
            "evcache.value.size",
            Kind.SUMMARY,
            "bytes",
            "Values as they are stored, read or written.",
            CLIENT,
            CACHE,
            OPERATION,
            COMPRESSED),
    NODES("evcache.nodes", Kind.GAUGE, "nodes", "Nodes of a zone by state.", CLIENT, ZONE, STATE),
    QUEUE(
            "evcache.queue",
            Kind.GAUGE,
            "commands",
            "Commands that are queued or unanswered, on all connections to a zone.",
            CLIENT,
            ZONE),
    TOPOLOGY(
            "evcache.topology",
            Kind.COUNTER,
            "topologies",
            "What the source of the topology said, by what became of it.",
            CLIENT,
            TOPOLOGY_RESULT),
    TOPOLOGY_REFUSED(
            "evcache.topology.refused",
            Kind.GAUGE,
            "topologies",
            "1 while the newest topology is refused because it loses too many nodes, until it is accepted or the source says something better; else 0.",
            CLIENT),
    MIGRATION_READS(
            "evcache.migration.reads",
            Kind.COUNTER,
            "reads",
            "Reads that a client with an old cluster asked of that one.",
            CLIENT,
            MIGRATION_RESULT),
    MIGRATION_WRITES(
            "evcache.migration.writes",
            Kind.COUNTER,
            "writes",
            "Writes that a client with an old cluster told that one of.",
            CLIENT),
    MIGRATION_WRITES_FAILED(
            "evcache.migration.writes.failed",
            Kind.COUNTER,
            "writes",
            "Those of them that at least one zone of the old cluster has not certainly taken.",
            CLIENT),
    NEAR("evcache.near", Kind.COUNTER, "reads", "Reads that asked the near cache.", CLIENT, CACHE, NEAR_RESULT),
    NEAR_SIZE("evcache.near.size", Kind.GAUGE, "values", "Values in the near cache, roughly.", CLIENT, CACHE),
    HOT_SHARE(
            "evcache.hot.share",
            Kind.GAUGE,
            "share",
            "The part of a cache's recent reads that asked for its most read key, from 0 to 1; 0 unless the cache looks for hot keys.",
            CLIENT,
            CACHE),
    LOADS(
            "evcache.load",
            Kind.COUNTER,
            "keys",
            "Keys that a cache-aside has loaded, or tried to; each key of a bulk load is one.",
            CLIENT,
            CACHE,
            LOAD_RESULT),
    LOADS_RUNNING("evcache.load.inflight", Kind.GAUGE, "loads", "Loads that are running.", CLIENT, CACHE),
    LOADS_WAITING(
            "evcache.load.waiting", Kind.GAUGE, "loads", "Loads that wait for a running one to end.", CLIENT, CACHE);

    /** What a meter does with its numbers. */
    enum Kind {
        COUNTER,
        TIMER,
        SUMMARY,
        GAUGE
    }

    private final String meterName;
    private final Kind kind;
    private final String unit;
    private final String meaning;

    @SuppressWarnings("ImmutableEnumChecker") // a copy that cannot be changed
    private final List<Label> labels;

    Meters(String meterName, Kind kind, String unit, String meaning, Label... labels) {
        this.meterName = meterName;
        this.kind = kind;
        this.unit = unit;
        this.meaning = meaning;
        this.labels = List.of(labels);
    }

    String meterName() {
        return meterName;
    }

    Kind kind() {
        return kind;
    }

    String unit() {
        return unit;
    }

    String meaning() {
        return meaning;
    }

    List<Label> labels() {
        return labels;
    }

    /** Returns the tags of these values, which are in the order of the labels. */
    Tags tags(String... values) {
        if (values.length != labels.size()) {
            throw new IllegalArgumentException(this + " needs " + labels + ", got " + List.of(values));
        }
        List<Tag> tags = new ArrayList<>();
        for (int i = 0; i < values.length; i++) {
            tags.add(Tag.of(labels.get(i).key(), values[i]));
        }
        return Tags.of(tags);
    }
}
