package io.evcache.client.metrics;

import io.evcache.client.pipeline.Read;
import io.evcache.client.pipeline.ReadResult;
import io.evcache.client.pipeline.Write;
import io.evcache.client.pipeline.WritePolicy;
import io.evcache.client.pipeline.WriteResult;
import io.evcache.client.pipeline.ZoneOutcome.Status;
import io.evcache.core.command.Delete;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Store;
import io.evcache.core.error.EvCacheException;
import io.micrometer.core.instrument.Counter;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/** The meters of one cache, each found once and kept: a call looks up names in maps and allocates nothing. */
final class CacheMeters {
    private final Registered registered;
    private final String cache;
    private final Counter hits;
    private final Counter misses;
    private final Counter failures;
    private final Counter puts;
    private final Counter removals;
    /** By the command's verb, of which there are ten. */
    private final Map<String, OperationMeters> operations = new ConcurrentHashMap<>();

    private final Map<WritePolicy, Map<PolicyResult, Counter>> policies = new ConcurrentHashMap<>();

    CacheMeters(Registered registered, String cache) {
        this.registered = registered;
        this.cache = cache;
        this.hits = registered.counter(Meters.GETS, registered.client(), cache, "hit");
        this.misses = registered.counter(Meters.GETS, registered.client(), cache, "miss");
        this.failures = registered.counter(Meters.GETS, registered.client(), cache, "failed");
        this.puts = registered.counter(Meters.PUTS, registered.client(), cache);
        this.removals = registered.counter(Meters.REMOVALS, registered.client(), cache);
    }

    void read(Read read, ReadResult result, long nanos) {
        OperationMeters operation = operation(read.command().verb());
        Outcome outcome = Outcome.of(result);
        Attempt attempt = Attempt.of(read, result);
        if (read.isUse()) {
            (outcome == Outcome.HIT ? hits : misses).increment();
        }
        operation.record(outcome, attempt == Attempt.ALL ? OperationMeters.ALL_ZONES : result.zone(), attempt, nanos);
        if (result.lookup() instanceof Lookup.Hit hit && hit.hasValue()) {
            operation.size(hit.value());
        }
    }

    void readFailed(Read read, EvCacheException failure, long nanos) {
        if (read.isUse()) {
            failures.increment();
        }
        operation(read.command().verb()).record(Outcome.of(failure), OperationMeters.NO_ZONE, Attempt.ALL, nanos);
    }

    void written(Write write, WriteResult result, long nanos) {
        OperationMeters operation = operation(write.command().verb());
        operation.record(Outcome.of(result), OperationMeters.ALL_ZONES, Attempt.ALL, nanos);
        if (write.isQuestion()) {
            return;
        }
        policy(result).increment();
        if (write.command() instanceof Store store) {
            operation.size(store.value());
            if (result.isMet()) {
                puts.increment();
            }
        } else if (write.command() instanceof Delete && result.isMet()) {
            removals.increment();
        }
    }

    private OperationMeters operation(String verb) {
        OperationMeters known = operations.get(verb);
        return known != null
                ? known
                : operations.computeIfAbsent(verb, name -> new OperationMeters(registered, cache, name));
    }

    private Counter policy(WriteResult result) {
        Map<PolicyResult, Counter> known = policies.get(result.policy());
        if (known == null) {
            known = policies.computeIfAbsent(result.policy(), this::policyCounters);
        }
        return Objects.requireNonNull(known.get(PolicyResult.of(result)));
    }

    private Map<PolicyResult, Counter> policyCounters(WritePolicy policy) {
        Map<PolicyResult, Counter> counters = new EnumMap<>(PolicyResult.class);
        for (PolicyResult result : PolicyResult.values()) {
            counters.put(
                    result,
                    registered.counter(Meters.WRITE_POLICY, registered.client(), cache, policy.name(), result.tag()));
        }
        return counters;
    }

    /** What became of a policy. */
    enum PolicyResult {
        MET("met"),
        PARTIAL("partial"),
        FAILED("failed");

        private final String tag;

        PolicyResult(String tag) {
            this.tag = tag;
        }

        String tag() {
            return tag;
        }

        static PolicyResult of(WriteResult result) {
            if (result.isMet()) {
                return MET;
            }
            return result.zones(Status.DONE).isEmpty() ? FAILED : PARTIAL;
        }
    }
}
