package io.evcache.client.metrics;

/** Every tag: its key, its values and what they mean. All are bounded; keys of users are never among them. */
enum Label {
    CLIENT("client", "the client's name"),
    CACHE("cache", "the cache's name; `other` for caches beyond the 100th that is seen"),
    READ_RESULT("result", "`hit`, `miss`, `failed` (no zone answered)"),
    NEAR_RESULT("result", "`hit` (answered in the JVM), `miss` (went on to memcached)"),
    LOAD_RESULT("result", "`success`, `absent` (the source has no such item), `failure` (the loader threw)"),
    TOPOLOGY_RESULT(
            "result",
            "`changed` (in force; an operator's change of modes included), `refused` (lost too many nodes), `unreadable` (the source could not be read, or not wholly)"),
    MIGRATION_RESULT("result", "`hit`, `miss`, `failed` (no answer in time)"),
    OPERATION(
            "operation",
            "`get`, `set`, `add`, `replace`, `append`, `prepend`, `delete`, `touch`, `increment`, `decrement`"),
    OUTCOME(
            "outcome",
            "of reads `hit`, `miss`; of writes `done` (policy met), `refused` (a server said no: `add` found something, `touch` nothing); of both `timeout`, `overloaded`, `error`"),
    ANSWERED_BY(
            "zone",
            "the zone that answered a read; `none` if none did; `all` for writes and for reads that several zones must agree on; `other` beyond the 32nd zone that is seen"),
    ATTEMPT(
            "attempt",
            "of reads `first` (the zone that is asked first answered, or was the only one that was asked), `fallback` (further ones were asked), `all` (several had to agree, or none has answered); of writes `all`"),
    POLICY("policy", "`NONE`, `ONE`, `QUORUM`, `ALL_MINUS_1`, `ALL`"),
    POLICY_RESULT("result", "`met`, `partial` (too few zones have taken the write), `failed` (none has)"),
    COMPRESSED("compressed", "`true`, `false`"),
    ZONE("zone", "the zone's name"),
    STATE(
            "state",
            "`up` (connected, in a zone that serves reads, also one that is `DRAINING`), `down` (not connected), `write_only` (connected, in a zone that serves no reads)");

    private final String key;
    private final String meaning;

    Label(String key, String meaning) {
        this.key = key;
        this.meaning = meaning;
    }

    String key() {
        return key;
    }

    String meaning() {
        return meaning;
    }
}
