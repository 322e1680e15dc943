package io.evcache.client;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.evcache.client.pipeline.WriteLatch;
import io.evcache.client.pipeline.WritePolicy;
import io.evcache.client.pipeline.WriteResult;
import io.evcache.client.pipeline.ZoneOutcome;
import io.evcache.client.pipeline.ZoneOutcome.Status;
import io.evcache.core.topology.Topology;
import io.evcache.core.topology.ZoneMode;
import io.evcache.core.value.Codec;
import io.evcache.testkit.EmbeddedMemcached;
import io.evcache.testkit.EmbeddedZones;
import io.evcache.testkit.EmbeddedZonesExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a settled write says of each zone is what the zone's server holds, whatever happens to the servers meanwhile. */
class WriteTruthTest {
    private static final int ROUNDS = 200;
    private static final List<WritePolicy> POLICIES = List.of(WritePolicy.values());
    private static final String WRITE_ONLY = "d";

    /** Of an item that nobody has seen. */
    private static final CasToken NEVER = new CasToken("a", Long.MAX_VALUE);

    @RegisterExtension
    static final EmbeddedZonesExtension servers = EmbeddedZonesExtension.of(1, "a", "b", "c", WRITE_ONLY);

    private enum Health {
        UP,
        STOPPED,
        HUNG
    }

    private enum Verb {
        SET,
        ADD,
        REPLACE,
        APPEND,
        COMPARE_AND_SET,
        DELETE;

        /** What a zone holds that has taken it. */
        UnaryOperator<Optional<String>> after(String value) {
            return switch (this) {
                case DELETE -> before -> Optional.empty();
                case APPEND -> before -> Optional.of(before.orElse("") + value);
                default -> before -> Optional.of(value);
            };
        }
    }

    private record Failed(String zone, String key, String value) {}

    private final EmbeddedZones zones = servers.zones();
    private final Map<String, Health> health = new HashMap<>();
    private final Map<Status, Integer> seen = new EnumMap<>(Status.class);
    private final List<Failed> certainlyNotApplied = new ArrayList<>();

    @Test
    void resultOfARandomWriteWithRandomZonesDownEqualsWhatTheServersHold() {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        try (EvCacheClient client = connect()) {
            EvCacheClientTest.awaitConnected(client);
            for (int round = 0; round < ROUNDS; round++) {
                changeSomething(random);
                String description = "seed " + seed + ", round " + round + ", " + health;
                check(description, client, "k" + round, random);
            }
            zones.zoneNames().forEach(zones::resumeZone); // what was sent and not answered is applied now
            zones.zoneNames().forEach(zones::startZone);
            EvCacheClientTest.awaitConnected(client);
        }

        assertThat(seen.keySet())
                .as("seed %s", seed)
                .contains(Status.DONE, Status.REFUSED, Status.FAILED, Status.UNKNOWN, Status.SKIPPED);
        assertThat(certainlyNotApplied)
                .as("seed %s", seed)
                .noneMatch(failed -> held(failed.zone, failed.key)
                        .filter(held -> held.contains(failed.value))
                        .isPresent());
    }

    private static EvCacheClient connect() {
        EvCacheConfig.Builder config = EvCacheConfig.builder().writeTimeout(Duration.ofMillis(150));
        Topology.parse(servers.connectString())
                .zones()
                .forEach(zone -> config.zone(
                        zone.name(),
                        z -> z.nodes(zone.nodes())
                                .mode(zone.name().equals(WRITE_ONLY) ? ZoneMode.WRITE_ONLY : ZoneMode.READ_WRITE)));
        return EvCacheClient.connect(config.build());
    }

    private void changeSomething(SplittableRandom random) {
        String zone = List.copyOf(zones.zoneNames()).get(random.nextInt(4));
        Health now = health.getOrDefault(zone, Health.UP);
        int dice = random.nextInt(10);
        if (now == Health.STOPPED && dice < 5) {
            zones.startZone(zone);
            health.put(zone, Health.UP);
        } else if (now == Health.HUNG && dice < 8) {
            zones.resumeZone(zone);
            health.put(zone, Health.UP);
        } else if (now == Health.UP && dice < 1) {
            zones.hangZone(zone);
            health.put(zone, Health.HUNG);
        } else if (now == Health.UP && dice < 2) {
            zones.stopZone(zone);
            health.put(zone, Health.STOPPED);
        }
    }

    /** One write to a key of its own, which half the time holds a value before. */
    private void check(String description, EvCacheClient client, String key, SplittableRandom random) {
        WritePolicy policy = POLICIES.get(random.nextInt(POLICIES.size()));
        AsyncEvCache<String> cache =
                client.cache("truth", Codec.utf8(), o -> o.writePolicy(policy)).async();
        if (random.nextBoolean()) {
            cache.set(key, "before").settled().toFuture().join();
        }
        CasToken token = cache.lookup(key, Detail.CAS).join().details().cas();
        if (token != null && random.nextInt(3) == 0) {
            cache.set(key, "meanwhile").settled().toFuture().join();
        }
        Map<String, Optional<String>> before = new HashMap<>();
        zones.zoneNames().forEach(zone -> before.put(zone, held(zone, key)));
        Verb verb = Verb.values()[random.nextInt(Verb.values().length)];
        String value = "<value of " + key + ">";
        WriteLatch latch = switch (verb) {
            case SET -> cache.set(key, value);
            case ADD -> cache.add(key, value);
            case REPLACE -> cache.replace(key, value);
            case APPEND -> cache.append(key, value);
            case COMPARE_AND_SET -> cache.compareAndSet(key, value, token == null ? NEVER : token);
            case DELETE -> cache.delete(key);
        };

        WriteResult decided = latch.decided().toFuture().join();
        WriteResult settled = latch.settled().toFuture().join();

        long counted = settled.zones().stream()
                .filter(zone -> zone.status() == Status.DONE && !zone.zone().equals(WRITE_ONLY))
                .count();
        assertThat(decided.isMet()).as(description).isEqualTo(counted >= policy.required(3));
        assertThat(settled.succeeded()).as(description).isEqualTo((int) counted);
        assertThat(settled.zones()).as(description).hasSize(4);
        for (ZoneOutcome outcome : settled.zones()) {
            seen.merge(outcome.status(), 1, Integer::sum);
            checkZone(
                    description + ", " + verb,
                    outcome,
                    key,
                    requireNonNull(before.get(outcome.zone())),
                    verb.after(value));
            if (outcome.status() == Status.FAILED || outcome.status() == Status.SKIPPED) {
                certainlyNotApplied.add(new Failed(outcome.zone(), key, value));
            }
        }
    }

    private void checkZone(
            String description,
            ZoneOutcome outcome,
            String key,
            Optional<String> before,
            UnaryOperator<Optional<String>> change) {
        Optional<String> held = held(outcome.zone(), key);
        String what = description + ", " + outcome;
        switch (outcome.status()) {
            case DONE -> assertThat(held).as(what).isEqualTo(change.apply(before));
            case REFUSED, SKIPPED, FAILED -> assertThat(held).as(what).isEqualTo(before);
            case UNKNOWN -> assertThat(held).as(what).isIn(before, change.apply(before));
            case PENDING -> assertThat(outcome.status()).as(what).isNotEqualTo(Status.PENDING);
        }
    }

    private Optional<String> held(String zone, String key) {
        return zones.peek(zone, "truth:" + key).map(EmbeddedMemcached.Item::text);
    }
}
