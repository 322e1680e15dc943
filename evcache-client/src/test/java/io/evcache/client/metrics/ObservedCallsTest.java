package io.evcache.client.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.evcache.client.EvCache;
import io.evcache.client.EvCacheClient;
import io.evcache.client.EvCacheConfig;
import io.evcache.testkit.EmbeddedZonesExtension;
import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.Observation.Event;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.transport.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ObservedCallsTest {
    @RegisterExtension
    static final EmbeddedZonesExtension servers = EmbeddedZonesExtension.of(1, "a", "b");

    private final ObservationRegistry registry = ObservationRegistry.create();
    private final Recording recording = new Recording();
    private @Nullable EvCacheClient client;

    @AfterEach
    void close() {
        if (client != null) {
            client.close();
        }
    }

    @Test
    void readIsOneObservationWithAnEventPerZone() {
        EvCache<String> cache = observed(ObservedCalls.of("shop", registry));

        cache.get("k");

        Ended call = recording.only();
        assertThat(call.name).isEqualTo("get profiles");
        assertThat(call.kind).isEqualTo(Kind.CLIENT);
        assertThat(call.low)
                .contains(
                        KeyValue.of("db.system.name", "memcached"),
                        KeyValue.of("db.namespace", "shop"),
                        KeyValue.of("db.collection.name", "profiles"),
                        KeyValue.of("db.operation.name", "get"),
                        KeyValue.of("evcache.outcome", "miss"),
                        KeyValue.of("evcache.zone", "b"),
                        KeyValue.of("error.type", "none"));
        assertThat(call.high).containsExactly(KeyValue.of("evcache.attempts", "2"));
        assertThat(call.events).containsExactly("zone.miss: zone a: miss", "zone.miss: zone b: miss");
        assertThat(call.error).isNull();
    }

    @Test
    void readNamesTheNodeOnceTheClientIsKnown() {
        ObservedCalls calls = ObservedCalls.of("shop", registry);
        EvCache<String> cache = observed(calls);
        calls.locateIn(Objects.requireNonNull(client));

        cache.get("k");

        String[] node = servers.zones().node("b", 0).address().split(":");
        assertThat(recording.only().high)
                .contains(KeyValue.of("server.address", node[0]), KeyValue.of("server.port", node[1]));
    }

    @Test
    void writeIsOneObservationThatEndsWhenItIsDecided() {
        EvCache<String> cache = observed(ObservedCalls.of("shop", registry));

        cache.set("k", "v");

        Ended call = recording.only();
        assertThat(call.name).isEqualTo("set profiles");
        assertThat(call.low).contains(KeyValue.of("evcache.outcome", "done"), KeyValue.of("evcache.zone", "all"));
        assertThat(call.events).contains("zone.done: zone a: done", "zone.done: zone b: done");
    }

    @Test
    void failureIsAnErrorThatDoesNotTellTheKey() {
        EvCache<String> cache = observed(ObservedCalls.of("shop", registry));
        stopAll();

        cache.get("secret");
        cache.set("secret", "v");

        await().until(() -> recording.ended.size() == 2);
        assertThat(recording.ended).allSatisfy(call -> {
            assertThat(call.low)
                    .contains(KeyValue.of("error.type", "NodeUnavailable"), KeyValue.of("evcache.outcome", "error"));
            assertThat(call.error).hasMessage("NodeUnavailable");
            assertThat(call.toString()).doesNotContain("secret");
        });
    }

    @Test
    void keysAreToldIfTheConventionSaysSo() {
        EvCache<String> cache = observed(ObservedCalls.of("shop", registry).withConvention(CallConvention.WITH_KEYS));
        stopAll();

        cache.get("secret");

        Ended call = recording.only();
        assertThat(call.high).contains(KeyValue.of("evcache.key", "profiles:secret"));
        assertThat(call.error).hasMessageContaining("profiles:secret");
    }

    @Test
    void namesCanBeReplaced() {
        EvCache<String> cache = observed(ObservedCalls.of("shop", registry).withConvention(new CallConvention() {
            @Override
            public String getContextualName(CallContext context) {
                return "memcached " + context.operation();
            }
        }));

        cache.get("k");

        assertThat(recording.only().name).isEqualTo("memcached get");
    }

    @Test
    void callIsAChildOfWhatTheCallerIsObserving() {
        EvCache<String> cache = observed(ObservedCalls.of("shop", registry));
        Observation request = Observation.start("request", registry);

        request.scoped(() -> cache.async().get("k").join());
        request.stop();

        assertThat(recording.only().parent).isEqualTo("request");
    }

    @Test
    void nothingIsObservedThatThePredicateExcludes() {
        registry.observationConfig().observationPredicate((name, context) -> !name.equals("evcache.call"));
        EvCache<String> cache = observed(ObservedCalls.of("shop", registry));

        assertThat(cache.set("k", "v")).isTrue();
        assertThat(cache.get("k")).isEqualTo("v");

        assertThat(recording.ended).isEmpty();
    }

    @Test
    void handlerThatThrowsDoesNotHurtTheCall() {
        registry.observationConfig().observationHandler(new Hostile());
        EvCache<String> cache = observed(ObservedCalls.of("shop", registry));

        assertThat(cache.set("k", "v")).isTrue();
        assertThat(cache.get("k")).isEqualTo("v");
        assertThat(cache.async().get("absent").join()).isNull();
    }

    private EvCache<String> observed(ObservedCalls calls) {
        registry.observationConfig().observationHandler(recording);
        EvCacheClient connected = EvCacheClient.builder(EvCacheConfig.builder(servers.connectString())
                        .readTimeout(Duration.ofSeconds(10))
                        .writeTimeout(Duration.ofSeconds(10))
                        .build())
                .interceptor(calls)
                .connect();
        client = connected;
        await().until(() -> connected.view().zones().stream()
                .allMatch(zone -> zone.nodes().get(0).isConnected()));
        return connected.cache("profiles");
    }

    private static void stopAll() {
        servers.zones().stopZone("a");
        servers.zones().stopZone("b");
    }

    private record Ended(
            String name,
            Kind kind,
            List<KeyValue> low,
            List<KeyValue> high,
            List<String> events,
            @Nullable Throwable error,
            String parent) {}

    private static final class Recording implements ObservationHandler<CallContext> {
        final Queue<Ended> ended = new ConcurrentLinkedQueue<>();
        private final List<String> events = new ArrayList<>();

        Ended only() {
            await().until(() -> !ended.isEmpty());
            assertThat(ended).hasSize(1);
            return ended.element();
        }

        @Override
        public synchronized void onEvent(Event event, CallContext context) {
            events.add(event.getName() + ": " + event.getContextualName());
        }

        @Override
        public synchronized void onStop(CallContext context) {
            var parent = context.getParentObservation();
            ended.add(new Ended(
                    String.valueOf(context.getContextualName()),
                    context.getKind(),
                    context.getLowCardinalityKeyValues().stream().toList(),
                    context.getHighCardinalityKeyValues().stream().toList(),
                    List.copyOf(events),
                    context.getError(),
                    parent == null
                            ? "none"
                            : String.valueOf(parent.getContextView().getName())));
            events.clear();
        }

        @Override
        public boolean supportsContext(Observation.Context context) {
            return context instanceof CallContext;
        }
    }

    private static final class Hostile implements ObservationHandler<CallContext> {
        @Override
        public void onStart(CallContext context) {
            if (context.operation().equals("set")) {
                throw new IllegalStateException("no");
            }
        }

        @Override
        public void onEvent(Event event, CallContext context) {
            throw new AssertionError("no");
        }

        @Override
        public void onStop(CallContext context) {
            throw new IllegalStateException("no");
        }

        @Override
        public boolean supportsContext(Observation.Context context) {
            return context instanceof CallContext;
        }
    }
}
