package io.evcache.client.load;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evcache.client.EvCache;
import io.evcache.client.EvCacheClient;
import io.evcache.client.GetResult.Status;
import io.evcache.client.Patient;
import io.evcache.core.error.IllegalKeyException;
import io.evcache.core.error.InvalidConfiguration;
import io.evcache.core.topology.ZoneMode;
import io.evcache.core.value.Codec;
import io.evcache.testkit.EmbeddedZones;
import io.evcache.testkit.EmbeddedZonesExtension;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CacheAsideTest {
    @RegisterExtension
    static final EmbeddedZonesExtension embedded = EmbeddedZonesExtension.of(1, "a", "b", "c");

    private final Map<Long, String> database = new ConcurrentHashMap<>(Map.of(1L, "Ada", 2L, "Grace", 3L, "Edsger"));
    private final AtomicInteger queries = new AtomicInteger();
    private final List<Set<Long>> bulkQueries = new ArrayList<>();
    private EvCacheClient client;
    private EvCache<String> cache;

    @BeforeEach
    void connect() {
        embedded.zones().flush();
        client = Patient.connect(embedded.zones().connectString());
        cache = client.cache("people");
    }

    @AfterEach
    void close() {
        client.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aMissIsLoadedOnceAndStoredInEveryZone(boolean leases) {
        try (CacheAside<Long, String> people = aside(leases).build()) {
            assertThat(people.get(1L)).isEqualTo("Ada");
            assertThat(people.get(1L)).isEqualTo("Ada");
            stored("people:id:1");

            assertThat(queries).hasValue(1);
            assertThat(zones().zonesHolding("people:id:1")).containsExactly("a", "b", "c");
            assertThat(cache.get("id:1")).isEqualTo("Ada");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theAsyncTwinAnswersTheSame(boolean leases) {
        try (CacheAside<Long, String> people =
                aside(leases).bulkLoader(this::findAll).build()) {
            assertThat(people.async().get(1L).join()).isEqualTo("Ada");
            assertThat(people.async().get(9L).join()).isNull();
            assertThat(people.async().getAll(List.of(1L, 2L, 3L)).join())
                    .isEqualTo(Map.of(1L, "Ada", 2L, "Grace", 3L, "Edsger"));
            database.put(1L, "Ada Lovelace");
            assertThat(people.async().refresh(1L).join()).isEqualTo("Ada Lovelace");
            assertThat(people.async().invalidate(1L).join()).isTrue();

            assertThat(zones().zonesHolding("people:id:1")).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void allThatAreMissingAreLoadedByOneCall(boolean leases) {
        try (CacheAside<Long, String> people =
                aside(leases).bulkLoader(this::findAll).build()) {
            people.get(2L);
            stored("people:id:2");

            Map<Long, String> found = people.getAll(List.of(3L, 2L, 9L, 1L, 3L));

            assertThat(found).containsExactly(Map.entry(3L, "Edsger"), Map.entry(2L, "Grace"), Map.entry(1L, "Ada"));
            assertThat(bulkQueries).containsExactly(Set.of(3L, 9L, 1L));
            assertThat(queries).hasValue(1);
            stored("people:id:3");
            assertThat(people.getAll(List.of(1L, 2L, 3L))).hasSize(3);
            assertThat(bulkQueries).hasSize(1);
        }
    }

    @Test
    void withoutABulkLoaderEachMissingKeyIsLoaded() {
        try (CacheAside<Long, String> people = aside(false).build()) {
            assertThat(people.getAll(List.of(1L, 2L, 9L))).isEqualTo(Map.of(1L, "Ada", 2L, "Grace"));
            assertThat(people.getAll(List.of())).isEmpty();

            assertThat(queries).hasValue(3);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void absenceIsRememberedWhereAskedFor(boolean leases) {
        try (CacheAside<Long, String> people =
                aside(leases).negativeTtl(Duration.ofSeconds(30)).build()) {
            assertThat(people.get(9L)).isNull();
            stored("people:id:9");
            assertThat(people.get(9L)).isNull();

            assertThat(queries).hasValue(1);
            assertThat(people.getAll(List.of(9L))).isEmpty();
            assertThat(cache.get("id:9")).isNull();
            assertThat(cache.lookup("id:9").status()).isEqualTo(Status.KNOWN_ABSENT);
            assertThat(zones().peek("a", "people:id:9").orElseThrow().ttlLeft().orElseThrow())
                    .isLessThanOrEqualTo(Duration.ofSeconds(30));
            assertThat(people.stats().absent()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void absenceIsNotRememberedOtherwise(boolean leases) {
        try (CacheAside<Long, String> people = aside(leases).build()) {
            assertThat(people.get(9L)).isNull();
            gone("people:id:9");
            assertThat(people.get(9L)).isNull();

            assertThat(queries).hasValue(2);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aWriteInvalidatesEveryZoneAndTheNextReadLoads(boolean leases) {
        try (CacheAside<Long, String> people = aside(leases).build()) {
            people.get(1L);
            stored("people:id:1");

            people.writeThenInvalidate(1L, () -> {
                database.put(1L, "Ada Lovelace");
            });
            assertThat(zones().zonesHolding("people:id:1")).isEmpty();
            assertThat(people.get(1L)).isEqualTo("Ada Lovelace");

            String before = people.writeThenInvalidate(1L, () -> database.put(1L, "Countess"));
            assertThat(before).isEqualTo("Ada Lovelace");
            assertThat(people.get(1L)).isEqualTo("Countess");
        }
    }

    @Test
    void aWriteThatThrowsInvalidatesTooSinceItMayHaveBeenDone() {
        try (CacheAside<Long, String> people = aside(false).build()) {
            people.get(1L);
            stored("people:id:1");

            assertThatThrownBy(() -> people.writeThenInvalidate(1L, () -> {
                        database.put(1L, "Ada Lovelace");
                        throw new IOException("no answer to the commit");
                    }))
                    .isInstanceOf(IOException.class);

            assertThat(people.get(1L)).isEqualTo("Ada Lovelace");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aWriteThroughIsFoundWithoutALoad(boolean leases) {
        try (CacheAside<Long, String> people = aside(leases).build()) {
            people.writeThrough(4L, "Barbara", () -> {
                database.put(4L, "Barbara");
            });

            assertThat(people.get(4L)).isEqualTo("Barbara");
            assertThat(zones().zonesHolding("people:id:4")).containsExactly("a", "b", "c");
            assertThat(queries).hasValue(0);
        }
    }

    /** A zone that is draining takes no value and removes what it had; that was taken for a store that failed, and the value deleted everywhere. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whileAZoneIsDrainingValuesAreKeptInTheOthers(boolean leases) {
        client.update(settings -> settings.zoneMode("c", ZoneMode.DRAINING));
        Awaitility.await().until(() -> !client.view().zone("c").orElseThrow().isCounted());
        try (CacheAside<Long, String> people = aside(leases).build()) {
            people.writeThrough(4L, "Barbara", () -> {
                database.put(4L, "Barbara");
            });
            assertThat(people.get(4L)).isEqualTo("Barbara");
            assertThat(queries).hasValue(0);

            assertThat(people.get(1L)).isEqualTo("Ada");
            Awaitility.await().until(() -> people.loadsInFlight() == 0);
            assertThat(people.stats().outdated()).isZero();
            assertThat(zones().zonesHolding("people:id:1")).containsExactly("a", "b");
        }
    }

    @Test
    void withLeasesAWriteThroughThatIsOvertakenLeavesNothing() {
        try (CacheAside<Long, String> people = aside(true).build()) {
            people.writeThrough(4L, "older", () -> {
                database.put(4L, "older");
                people.writeThrough(4L, "newer", () -> {
                    database.put(4L, "newer");
                });
            });

            assertThat(people.get(4L)).isEqualTo("newer");
        }
    }

    /** With leases the zones are asked before the change; when nobody waited for their answers, it was not made. */
    @Test
    void changeOfAWriteThroughIsMadeThoughItsThreadIsInterrupted() {
        try (CacheAside<Long, String> people = aside(true).build()) {
            people.get(1L);
            stored("people:id:1");
            Thread.currentThread().interrupt();

            people.writeThrough(1L, "Countess", () -> {
                database.put(1L, "Countess");
            });

            assertThat(Thread.interrupted()).isTrue();
            assertThat(database).containsEntry(1L, "Countess");
            gone("people:id:1");
            assertThat(people.get(1L)).isEqualTo("Countess");
        } finally {
            boolean unused = Thread.interrupted();
        }
    }

    @Test
    void refreshLoadsWhateverIsCached() {
        try (CacheAside<Long, String> people = aside(false).build()) {
            people.get(1L);
            stored("people:id:1");
            database.put(1L, "Ada Lovelace");

            assertThat(people.get(1L)).isEqualTo("Ada");
            assertThat(people.refresh(1L)).isEqualTo("Ada Lovelace");
            assertThat(people.get(1L)).isEqualTo("Ada Lovelace");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anInvalidationDuringTheLoadKeepsTheOldValueOut(boolean leases) {
        AtomicInteger loads = new AtomicInteger();
        AtomicReference<CacheAside<Long, String>> self = new AtomicReference<>();
        try (CacheAside<Long, String> people = CacheAside.over(cache, (Long id) -> "id:" + id)
                .loader(id -> {
                    String read = database.get(id);
                    if (loads.incrementAndGet() == 1) {
                        requireNonNull(self.get()).writeThenInvalidate(id, () -> {
                            database.put(id, "newer");
                        });
                    }
                    return read;
                })
                .build()) {
            self.set(people);

            assertThat(people.get(1L)).isEqualTo("Ada"); // began before the write
            gone("people:id:1");
            assertThat(people.get(1L)).isEqualTo("newer");
        }
    }

    @Test
    void valuesThatCannotBeCachedAreReturnedAllTheSame() {
        String large = "x".repeat(2_000_000);
        database.put(5L, large);
        try (CacheAside<Long, String> people = aside(true).build()) {
            assertThat(people.get(5L)).isEqualTo(large);
            gone("people:id:5"); // the lease is given back
        }
    }

    @Test
    void badInputIsRefusedBeforeAnyLoad() {
        try (CacheAside<Long, String> people = CacheAside.over(cache, (Long id) -> id == 1 ? "with blank" : "")
                .loader(this::find)
                .build()) {
            assertThatThrownBy(() -> people.get(1L)).isInstanceOf(IllegalKeyException.class);
            assertThatThrownBy(() -> people.getAll(List.of(2L))).isInstanceOf(IllegalKeyException.class);
        }
        assertThat(queries).hasValue(0);
    }

    @Test
    void everyMistakeOfABuilderIsReportedAtOnce() {
        EvCache<String> eternal = client.cache("eternal", Codec.utf8(), o -> o.neverExpires());

        assertThatThrownBy(() -> CacheAside.over(eternal, (Long id) -> "id:" + id)
                        .leases(Duration.ofSeconds(2), Duration.ofSeconds(7))
                        .refreshAhead(0.9)
                        .build())
                .isInstanceOf(InvalidConfiguration.class)
                .hasMessageContaining("no loader")
                .hasMessageContaining("a lease of PT2S ends before the load timeout of PT5S")
                .hasMessageContaining("waiting PT7S for others")
                .hasMessageContaining("refreshAhead of values that never expire");
        assertThatThrownBy(() -> aside(false).maxConcurrentLoads(0))
                .hasMessage("maxConcurrentLoads must be at least 1, was 0");
        assertThatThrownBy(() -> aside(false).refreshAhead(1)).hasMessageContaining("refreshAhead must be more than 0");
        assertThatThrownBy(() -> aside(false).negativeTtl(Duration.ZERO)).hasMessageContaining("at least 1 second");
        assertThatThrownBy(() -> aside(false).loadTimeout(Duration.ofSeconds(-1)))
                .hasMessageContaining("PT-1S");
        assertThatThrownBy(() -> aside(false).loadTimeout(Duration.ZERO)).hasMessageStartingWith("loadTimeout must be");
        assertThatThrownBy(() -> aside(true).loadTimeout(Duration.ofSeconds(30)).build())
                .hasMessageContaining("use leases(lease, wait)");
    }

    /** The thread of a load was born of whoever caused it, and had his inheritable thread-locals for all later loads. With leases, born of a callback thread, it had no more than the class loader of the system. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aLoaderHasNothingOfItsCallerAndTheClassLoaderOfWhoMadeIt(boolean leases) throws Exception {
        InheritableThreadLocal<String> user = new InheritableThreadLocal<>();
        Thread me = Thread.currentThread();
        ClassLoader before = me.getContextClassLoader();
        AtomicReference<@Nullable ClassLoader> seen = new AtomicReference<>();
        try (URLClassLoader application = new URLClassLoader(new URL[0], before)) {
            me.setContextClassLoader(application);
            CacheAsideBuilder<Long, String> builder = aside(leases).loader(id -> {
                seen.set(Thread.currentThread().getContextClassLoader());
                return "for " + user.get();
            });
            try (CacheAside<Long, String> people = builder.build()) {
                me.setContextClassLoader(before);
                user.set("alice");

                assertThat(people.get(1L)).isEqualTo("for null");
                assertThat(seen.get()).isSameAs(application);
            }
        } finally {
            me.setContextClassLoader(before);
            user.remove();
        }
    }

    private CacheAsideBuilder<Long, String> aside(boolean leases) {
        CacheAsideBuilder<Long, String> builder =
                CacheAside.over(cache, (Long id) -> "id:" + id).loader(this::find);
        return leases ? builder.leases() : builder;
    }

    private @Nullable String find(Long id) {
        queries.incrementAndGet();
        return database.get(id);
    }

    private Map<Long, String> findAll(Set<Long> ids) {
        bulkQueries.add(Set.copyOf(ids));
        Map<Long, String> found = new LinkedHashMap<>();
        ids.forEach(id -> {
            if (database.containsKey(id)) {
                found.put(id, database.get(id));
            }
        });
        return found;
    }

    /** Callers are answered before the store has reached every zone. */
    private static void stored(String key) {
        Awaitility.await()
                .until(() -> zones().zoneNames().stream()
                        .allMatch(zone -> zones().peek(zone, key)
                                .filter(item -> item.value().length > 0)
                                .isPresent()));
    }

    private static void gone(String key) {
        Awaitility.await().until(() -> zones().zonesHolding(key).isEmpty());
    }

    private static EmbeddedZones zones() {
        return embedded.zones();
    }
}
