package io.evcache.client.metrics;

import static java.util.Objects.requireNonNull;

import io.evcache.client.EvCacheClient;
import io.evcache.client.pipeline.AttemptListener;
import io.evcache.client.pipeline.Interceptor;
import io.evcache.client.pipeline.Next;
import io.evcache.client.pipeline.Read;
import io.evcache.client.pipeline.ReadPolicy.Agreement;
import io.evcache.client.pipeline.ReadResult;
import io.evcache.client.pipeline.Write;
import io.evcache.client.pipeline.WriteLatch;
import io.evcache.client.pipeline.WriteResult;
import io.evcache.client.pipeline.ZoneOutcome;
import io.evcache.core.command.Command;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Pending;
import io.evcache.core.error.EvCacheException;
import io.evcache.core.key.Key;
import io.micrometer.observation.Observation;
import io.micrometer.observation.Observation.Event;
import io.micrometer.observation.ObservationRegistry;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One Micrometer observation per call, for tracing: a child of whatever the calling thread is observing, with an event for each zone that was asked. Each key of a bulk read is a call.
 *
 * <p>An interceptor, to be given when the client is built, before those whose work is to be seen in the span: {@code EvCacheClient.builder(config).interceptor(ObservedCalls.of("profiles", registry))}. Reads stop
 * when they are answered, writes when they are decided. Keys are not told unless {@link CallConvention#WITH_KEYS} asks for them. A dozen objects per call; a call that a predicate of the registry excludes costs
 * its context, and with {@link ObservationRegistry#NOOP} a call costs nothing. What handlers throw does not hurt the call. Needs {@code io.micrometer:micrometer-observation}, which comes with {@code micrometer-core}.
 */
public final class ObservedCalls implements Interceptor {
    private static final Logger LOG = LoggerFactory.getLogger(ObservedCalls.class);

    private final String client;
    private final ObservationRegistry registry;
    private final CallConvention convention;
    /** Null until the client is known: it is built after its interceptors. */
    private volatile @Nullable EvCacheClient located;

    private ObservedCalls(String client, ObservationRegistry registry, CallConvention convention) {
        this.client = requireNonNull(client, "client");
        this.registry = requireNonNull(registry, "registry");
        this.convention = requireNonNull(convention, "convention");
    }

    /**
     * Returns the interceptor with {@link CallConvention#DEFAULT}.
     *
     * @param client the client's name, for {@code db.namespace}
     */
    public static ObservedCalls of(String client, ObservationRegistry registry) {
        return new ObservedCalls(client, registry, CallConvention.DEFAULT);
    }

    /** Returns this with other names. */
    public ObservedCalls withConvention(CallConvention convention) {
        return new ObservedCalls(client, registry, convention);
    }

    /** Has spans of reads that were answered name the node, as {@code server.address} and {@code server.port}: it follows from the key and the client's zones. To be called once the client is connected. */
    public void locateIn(EvCacheClient client) {
        this.located = requireNonNull(client, "client");
    }

    @Override
    public Pending<ReadResult> read(Read read, Next next) {
        if (registry.isNoop()) {
            return next.read(read);
        }
        CallContext context = context(read.cache(), read.command());
        Observation observation = start(context);
        if (observation == null) {
            return next.read(read);
        }
        Pending<ReadResult> answer = next.read(read.heardBy(new ZoneEvents(observation, convention.tellsKeys())));
        answer.receive(settled -> {
            ReadResult result = settled.value();
            EvCacheException failure = settled.failure();
            if (result != null) {
                boolean all = read.policy().agreement() != Agreement.ONE;
                context.ended(Outcome.of(result), all ? "all" : result.zone(), result.attempts());
                locate(context, result.zone(), read.command().key());
            } else if (failure != null) {
                context.ended(Outcome.of(failure), null, 0);
                failed(failure, context, observation);
            }
            observation.stop();
        });
        return answer;
    }

    @Override
    public boolean passesReads() {
        return registry.isNoop();
    }

    @Override
    public WriteLatch write(Write write, Next next) {
        if (registry.isNoop()) {
            return next.write(write);
        }
        CallContext context = context(write.cache(), write.command());
        Observation observation = start(context);
        if (observation == null) {
            return next.write(write);
        }
        WriteLatch latch = next.write(write);
        latch.decided().receive(settled -> {
            WriteResult result = settled.value();
            if (result != null) {
                written(result, context, observation);
            }
            observation.stop();
        });
        return latch;
    }

    private void written(WriteResult result, CallContext context, Observation observation) {
        for (ZoneOutcome zone : result.zones()) {
            String status = zone.status().name().toLowerCase(Locale.ROOT);
            observation.event(Event.of("zone." + status, "zone " + zone.zone() + ": " + status));
        }
        context.ended(Outcome.of(result), "all", result.zones().size());
        EvCacheException failure = Outcome.failure(result);
        if (!result.isMet() && failure != null) {
            failed(failure, context, observation);
        }
    }

    private void failed(EvCacheException failure, CallContext context, Observation observation) {
        context.failed(failure);
        observation.error(convention.tellsKeys() ? failure : new CallFailed(failure));
    }

    private void locate(CallContext context, String zone, Key key) {
        EvCacheClient known = located;
        if (known != null) {
            known.view()
                    .zone(zone)
                    .map(route -> route.ring().nodeFor(key).address())
                    .ifPresent(node -> context.answeredBy(node.host(), node.port()));
        }
    }

    private CallContext context(String cache, Command<?> command) {
        return new CallContext(client, cache, command.verb(), command.key());
    }

    /** Returns null if the call is not to be observed. */
    private @Nullable Observation start(CallContext context) {
        try {
            Observation observation = Observation.createNotStarted(convention, () -> context, registry);
            return observation.isNoop() ? null : observation.start();
        } catch (Throwable e) { // a stranger's code, which may throw what it does not declare, must not hurt the call
            LOG.warn("A call could not be observed and goes on without", e);
            return null;
        }
    }

    @Override
    public String toString() {
        return "ObservedCalls(" + client + ")";
    }

    /** Stands for a failure whose message holds the key. */
    private static final class CallFailed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        CallFailed(EvCacheException failure) {
            super(failure.getClass().getSimpleName(), null, false, false);
        }
    }

    private record ZoneEvents(Observation observation, boolean tellsKeys) implements AttemptListener {
        @Override
        public void answered(String zone, Lookup lookup) {
            String said = lookup instanceof Lookup.Hit ? "hit" : "miss";
            observation.event(Event.of("zone." + said, "zone " + zone + ": " + said));
        }

        @Override
        public void failed(String zone, EvCacheException failure) {
            String said = tellsKeys
                    ? String.valueOf(failure.getMessage())
                    : failure.getClass().getSimpleName();
            observation.event(Event.of("zone.failed", "zone " + zone + ": " + said));
        }
    }
}
